package heddle.cli.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** MathML Core as lists that become JSON: {@code [tag, {attributes}, children…]}, or text. The page makes elements of them. */
final class MathMl {
    private MathMl() {}

    static List<Object> element(String tag, Object... children) {
        return with(tag, Map.of(), children);
    }

    static List<Object> with(String tag, Map<String, String> attributes, Object... children) {
        // Sorted: a report has the same bytes each time.
        List<Object> element = new ArrayList<>(List.of(tag, new TreeMap<>(attributes)));
        element.addAll(List.of(children));
        return element;
    }

    /** A name; one of several letters stands upright. */
    static List<Object> name(String text) {
        return element("mi", text);
    }

    static List<Object> number(String text) {
        return element("mn", text);
    }

    static List<Object> operator(String text) {
        return element("mo", text);
    }

    static List<Object> row(Object... children) {
        return children.length == 1 && children[0] instanceof List<?> only ? cast(only) : element("mrow", children);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> cast(List<?> element) {
        return (List<Object>) element;
    }

    static List<Object> fraction(Object above, Object below) {
        return element("mfrac", above, below);
    }

    static List<Object> below(Object base, Object index) {
        return element("msub", base, index);
    }

    static List<Object> power(Object base, Object exponent) {
        return element("msup", base, exponent);
    }

    /** A name with indexes of one letter each beside it: {@code s_ij}. */
    static List<Object> indexed(String name, String... indexes) {
        Object[] letters = new Object[indexes.length];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = name(indexes[i]);
        }
        return below(name(name), row(letters));
    }

    static List<Object> parenthesised(Object inner) {
        return row(operator("("), inner, operator(")"));
    }

    /** A sum over an index. */
    static List<Object> sum(Object under) {
        return element("munder", operator("∑"), under);
    }
}
