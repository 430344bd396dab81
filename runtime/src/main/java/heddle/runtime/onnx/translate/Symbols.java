package heddle.runtime.onnx.translate;

import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lengths that are the same, though the file has several symbols for them: {@code total} is {@code past + N} where a mask of
 * the one is added to scores of the other.
 */
final class Symbols {
    private final Map<String, Dim> meanings = new LinkedHashMap<>();

    /**
     * Makes two lengths the same, by a meaning for a symbol of theirs.
     *
     * @return whether that is possible; with a new meaning, what was made of lengths before is out of date
     */
    boolean equate(Dim a, Dim b) {
        Dim left = resolved(a);
        Dim right = resolved(b);
        if (left.equals(right)) {
            return true;
        }
        return means(right, left) || means(left, right) || meansDifference(left, right);
    }

    private boolean means(Dim symbol, Dim meaning) {
        if (symbol.asSymbol().isEmpty()
                || isNegative(meaning)
                || meaning.symbols().contains(symbol.asSymbol().get())) {
            return false;
        }
        put(symbol.asSymbol().get(), meaning);
        return true;
    }

    /** {@code total + 1 == past + N + 1}. */
    private boolean meansDifference(Dim a, Dim b) {
        Dim difference = a.minus(b);
        for (String name : difference.symbols()) {
            Dim symbol = Dim.symbol(name);
            if (!difference.minus(symbol).symbols().contains(name)) {
                return putSigned(name, Dim.ZERO.minus(difference.minus(symbol)));
            }
            if (!difference.plus(symbol).symbols().contains(name)) {
                return putSigned(name, difference.plus(symbol));
            }
        }
        return false;
    }

    private boolean putSigned(String name, Dim meaning) {
        if (isNegative(meaning)) {
            return false;
        }
        put(name, meaning);
        return true;
    }

    private static boolean isNegative(Dim dim) {
        return !dim.isZero() && Dim.ZERO.minus(dim).isNonNegative();
    }

    private void put(String name, Dim meaning) {
        Map<String, Dim> latest = Map.of(name, meaning);
        meanings.replaceAll((other, dim) -> dim.bind(latest));
        meanings.put(name, meaning);
    }

    Dim resolved(Dim dim) {
        return dim.bind(meanings);
    }

    TensorType resolved(TensorType type) {
        return type.bind(meanings);
    }

    Shape resolved(Shape shape) {
        return shape.bind(meanings);
    }

    /** How many meanings there are; more than before tells that an equation added one. */
    int count() {
        return meanings.size();
    }
}
