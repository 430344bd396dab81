package heddle.compiler.ir.text;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads attribute values, lengths and types of the text form. */
record AttributeReader(TextCursor in) {
    /** {@code {axis = 1, …}}; nothing when no brace comes next. */
    Map<String, Object> attributes() {
        Map<String, Object> values = new LinkedHashMap<>();
        if (!in.accept("{")) {
            return values;
        }
        do {
            int start = in.offset();
            String key = in.name("the name of an attribute");
            in.expect("=", "after the attribute " + key);
            if (values.put(key, value()) != null) {
                throw in.error(start, GraphErrors.WRONG_ATTRIBUTES, "the attribute " + key + " stands here twice");
            }
        } while (in.accept(","));
        in.expect("}", "after the attributes");
        return values;
    }

    private Object value() {
        char next = in.peek();
        if (next == '"') {
            return in.string();
        }
        return next == '[' ? list() : scalar();
    }

    private List<Object> list() {
        List<Object> values = new ArrayList<>();
        in.expect("[", "at the start of a list");
        if (in.accept("]")) {
            return values;
        }
        do {
            values.add(value());
        } while (in.accept(","));
        in.expect("]", "after the list");
        return values;
    }

    /** A number, a word, or a length, which is a sum. */
    private Object scalar() {
        boolean negative = in.accept("-");
        if (in.startsNumber()) {
            Number number = in.number();
            if (number instanceof Double d) {
                return negative ? -d : d;
            }
            Dim dim = sum(product(Dim.of(number.longValue())), negative);
            return dim.isKnown() ? (Object) dim.value() : dim;
        }
        if (in.startsName()) {
            String word = in.name("a value");
            Object constant = word(word, negative);
            return constant != null ? constant : sum(product(Dim.symbol(word)), negative);
        }
        Dim dim = sum(product(factor()), negative);
        return dim.isKnown() ? (Object) dim.value() : dim;
    }

    private static Object word(String word, boolean negative) {
        return switch (word) {
            case "inf" -> negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            case "nan" -> Double.NaN;
            case "true" -> true;
            case "false" -> false;
            default -> DType.named(word).orElse(null);
        };
    }

    /** A length. */
    Dim dim() {
        boolean negative = in.accept("-");
        return sum(product(factor()), negative);
    }

    /** The rest of a sum after its first product. */
    private Dim sum(Dim first, boolean negative) {
        Dim sum = negative ? Dim.ZERO.minus(first) : first;
        while (true) {
            if (in.accept("+")) {
                sum = sum.plus(product(factor()));
            } else if (in.accept("-")) {
                sum = sum.minus(product(factor()));
            } else {
                return sum;
            }
        }
    }

    /** The rest of a product after its first factor. */
    private Dim product(Dim first) {
        Dim product = first;
        while (true) {
            if (in.accept("*")) {
                product = product.times(factor());
            } else if (in.accept("div")) {
                product = product.floorDiv(factor());
            } else {
                return product;
            }
        }
    }

    private Dim factor() {
        if (in.accept("(")) {
            Dim inner = dim();
            in.expect(")", "after a length");
            return inner;
        }
        if (in.startsNumber()) {
            int start = in.offset();
            return in.number() instanceof Long whole ? Dim.of(whole) : fraction(start);
        }
        return Dim.symbol(in.name("a length"));
    }

    private Dim fraction(int start) {
        throw in.error(start, GraphErrors.SYNTAX, "a length is a whole number");
    }

    /** {@code f32[B, 4], i64[]}. */
    List<TensorType> types() {
        List<TensorType> types = new ArrayList<>();
        do {
            types.add(type());
        } while (in.acceptOnLine(","));
        return types;
    }

    private TensorType type() {
        int start = in.offset();
        String word = in.name("a type such as f32[B, 4]");
        DType dtype = DType.named(word)
                .orElseThrow(() -> in.error(start, GraphErrors.SYNTAX, "\"" + word + "\" is no element type"));
        in.expect("[", "after " + dtype);
        List<Dim> dims = new ArrayList<>();
        if (!in.accept("]")) {
            do {
                dims.add(dim());
            } while (in.accept(","));
            in.expect("]", "after the lengths");
        }
        return new TensorType(dtype, new Shape(dims));
    }
}
