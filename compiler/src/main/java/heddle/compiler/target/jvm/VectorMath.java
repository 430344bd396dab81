package heddle.compiler.target.jvm;

import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarFn;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Functions of float vectors that the Vector API lacks or that HotSpot does not inline, as statements that are written
 * out where they are used: a call between vector methods boxes its vectors unless it is inlined, and large loop bodies
 * are not.
 *
 * <p>In a template {@code $x} is the argument, {@code $r} the result, and every other {@code $name} a local variable.
 */
final class VectorMath {
    private static final Pattern NAME = Pattern.compile("\\$([A-Za-z]\\w*)");

    /**
     * {@code 2^n e^f} with {@code n} the multiple of ln 2 nearest to x. Adding 1.5·2^23 rounds and leaves n in the low
     * bits, from where it goes into an exponent; twice 2^(n-1) reaches the largest results. ln 2 is subtracted in two
     * parts (Cody and Waite 1980); the polynomial is Cephes' expf (Moshier 1989). Within 1 ulp; results below 2^-125 are
     * zero.
     */
    private static final String EXP = """
            FloatVector $k = $x.fma(1.44269504f, 12583038f);
            FloatVector $n = $k.sub(12583038f);
            FloatVector $f = $n.fma(FloatVector.broadcast(F, -0.693359375f), $x);
            $f = $n.fma(FloatVector.broadcast(F, 2.12194440e-4f), $f);
            FloatVector $p = $f.fma(1.9875691500e-4f, 1.3981999507e-3f);
            $p = $p.fma($f, FloatVector.broadcast(F, 8.3334519073e-3f));
            $p = $p.fma($f, FloatVector.broadcast(F, 4.1665795894e-2f));
            $p = $p.fma($f, FloatVector.broadcast(F, 1.6666665459e-1f));
            $p = $p.fma($f, FloatVector.broadcast(F, 5.0000001201e-1f));
            $p = $p.fma($f.mul($f), $f).add(1f);
            FloatVector $scale = $k.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector $r = $p.add($p).mul($scale);
            $r = $r.blend(0f, $x.compare(VectorOperators.LT, -87f));
            $r = $r.blend(Float.POSITIVE_INFINITY, $x.compare(VectorOperators.GT, 88.7228394f));
            """;

    private static final Map<ScalarFn, String> TEMPLATES = Map.of(ScalarFn.EXP, EXP);

    private VectorMath() {}

    /** The statements for a function, or empty when there are none and lanes are computed one by one. */
    static Optional<String> template(ScalarFn fn) {
        return Optional.ofNullable(TEMPLATES.get(fn));
    }

    /** Whether a program calls one of these functions, so that a loop body should not hold many copies of it. */
    static boolean isCostly(ScalarExpr e) {
        return e instanceof ScalarExpr.Apply a
                && (TEMPLATES.containsKey(a.fn()) || a.args().stream().anyMatch(VectorMath::isCostly));
    }

    /** A template with its names filled in; the result is called {@code r}. */
    static String expand(String template, String x, String r, Locals locals) {
        Map<String, String> names = new TreeMap<>(Map.of("x", x, "r", r));
        Matcher m = NAME.matcher(template);
        StringBuilder out = new StringBuilder();
        while (m.find()) {
            m.appendReplacement(out, names.computeIfAbsent(m.group(1), n -> locals.fresh(r + n)));
        }
        return m.appendTail(out).toString().stripTrailing();
    }
}
