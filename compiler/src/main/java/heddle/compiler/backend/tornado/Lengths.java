package heddle.compiler.backend.tornado;

import heddle.compiler.backend.emit.Names;
import heddle.compiler.type.Dim;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The names of lengths in a generated file, where they are fields of the class and parameters of its kernels. */
public final class Lengths {
    /** The variables of the class and of its methods around the kernels. */
    public static final Set<String> OF_CLASS =
            Set.of("plan", "grid", "context", "lengths", "weights", "inputs", "outputs", "started", "args");

    /** The variable that TornadoVM takes for any small number. */
    static final String ZERO = "zero";

    private Lengths() {}

    /** The variable that holds the length of a symbol, told from all others. */
    public static String variable(String symbol) {
        String name = Names.identifier(symbol);
        return OF_CLASS.contains(name) || name.equals(ZERO) ? "_" + name : name;
    }

    /** A length as a {@code long} expression of the fields that symbols are. */
    public static String size(Dim dim) {
        return size(dim, s -> "(long) " + Lengths.variable(s));
    }

    /** @param symbol the {@code long} expression for a symbol */
    public static String size(Dim dim, UnaryOperator<String> symbol) {
        String text = dim.text(symbol, (a, b) -> "Math.floorDiv(" + a + ", " + b + ")");
        return dim.isKnown() ? text + "L" : text;
    }
}
