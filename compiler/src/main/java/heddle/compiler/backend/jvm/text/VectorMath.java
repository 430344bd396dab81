package heddle.compiler.backend.jvm.text;

import heddle.compiler.scalar.ScalarFn;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Functions of float vectors that the Vector API lacks or that HotSpot does not inline, as statements that are written
 * out where they are used. A call between vector methods boxes its vectors unless it is inlined, and HotSpot inlines no
 * more methods once the caller has many nodes: of the two exponentials of a softmax it inlines the first.
 *
 * <p>In a template {@code $x} is the argument, {@code $r} the result, and every other {@code $name} a local variable.
 */
public final class VectorMath {
    private static final Pattern NAME = Pattern.compile("\\$([A-Za-z]\\w*)");

    private static final Map<ScalarFn, String> TEMPLATES = new EnumMap<>(ScalarFn.class);

    static {
        TEMPLATES.put(ScalarFn.EXP, VectorTemplates.EXP);
        TEMPLATES.put(ScalarFn.EXP_NONPOSITIVE, VectorTemplates.EXP_NONPOSITIVE);
        TEMPLATES.put(ScalarFn.LOG, VectorTemplates.LOG);
        TEMPLATES.put(ScalarFn.TANH, VectorTemplates.TANH);
        TEMPLATES.put(ScalarFn.ERF, VectorTemplates.ERF);
        TEMPLATES.put(ScalarFn.SIGMOID, VectorTemplates.SIGMOID);
        TEMPLATES.put(ScalarFn.SIN, VectorTemplates.SIN);
        TEMPLATES.put(ScalarFn.COS, VectorTemplates.COS);
        TEMPLATES.put(ScalarFn.FLOOR, VectorTemplates.FLOOR);
        TEMPLATES.put(ScalarFn.CEIL, VectorTemplates.CEIL);
        TEMPLATES.put(ScalarFn.ROUND, VectorTemplates.ROUND);
    }

    private VectorMath() {}

    /** The statements for a function, or empty when there are none and lanes are computed one by one. */
    public static Optional<String> template(ScalarFn fn) {
        return Optional.ofNullable(TEMPLATES.get(fn));
    }

    /** A template with its names filled in; the result is called {@code r}. */
    public static String expand(String template, String x, String r, Locals locals) {
        Map<String, String> names = new TreeMap<>(Map.of("x", x, "r", r));
        Matcher m = NAME.matcher(template);
        StringBuilder out = new StringBuilder();
        while (m.find()) {
            m.appendReplacement(
                    out,
                    names.computeIfAbsent(
                            m.group(1), n -> locals.fresh(r + Character.toUpperCase(n.charAt(0)) + n.substring(1))));
        }
        return m.appendTail(out).toString().stripTrailing();
    }
}
