package heddle.compiler.backend.jvm.text;

import heddle.compiler.scalar.ScalarFn;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Functions of float vectors that the Vector API lacks or that HotSpot does not inline, as statements that are written
 * out where they are used. A call between vector methods boxes its vectors unless it is inlined, and HotSpot inlines no
 * more methods once the caller has many nodes: of the two exponentials of a softmax it inlines the first. The statements are right
 * for infinities and NaN, too, but for {@link #EXP_NONPOSITIVE} above zero.
 *
 * <p>In a template {@code $x} is the argument, {@code $r} the result, and every other {@code $name} a local variable.
 *
 * <p>Cephes is the mathematical library of Moshier (Methods and Programs for Mathematical Functions, 1989; the float
 * versions of 1992). Adding 1.5·2^23 rounds a number to an integer and leaves it in the low bits (Cody and Waite,
 * Software Manual for the Elementary Functions, 1980, which also has the subtraction of a constant in parts).
 */
public final class VectorTemplates {
    /**
     * {@code 2^n e^f}, with n the multiple of ln 2 nearest to x. The rounding constant has 126 added, so that shifted
     * low bits are the float 2^(n-1), and the polynomial is twice e^f, which reaches the largest results. It is fitted for least relative error
     * (Lawson 1961), 2.0e-9 before rounding. Within 2 ulp; results below 2^-125 are zero.
     */
    private static final String EXP = """
            FloatVector $k = $x.fma(1.44269504f, 12583038f);
            FloatVector $n = $k.sub(12583038f);
            FloatVector $f = $n.fma(FloatVector.broadcast(F, -0.693359375f), $x);
            $f = $n.fma(FloatVector.broadcast(F, 2.12194440e-4f), $f);
            """
            + horner("$p", "$f", 2.768712e-3f, 1.6748473e-2f, 8.333602e-2f, 3.333286e-1f, 9.999999e-1f, 2f, 2f) + """
            IntVector $scale = $k.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
            FloatVector $r = $p.mul($scale.reinterpretAsFloats());
            $r = $r.blend(0f, $x.compare(VectorOperators.LT, -87f));
            $r = $r.blend(Float.POSITIVE_INFINITY, $x.compare(VectorOperators.GT, 88.7228394f));
            """;

    /**
     * {@code 2^n 2^f}, with n the integer nearest to x / ln 2. Nothing overflows, so that shifted low bits may be the float 2^n. What is left
     * of x is taken by one constant: 1.3e-8 of x is lost, which is less than a score of that size has lost. The polynomial is fitted as that of
     * {@link #EXP}, 9.2e-8 before rounding. Within 3 ulp from -5 on, 6 from -20 on, 20 from -87 on; below that it is zero. Above 88 it is anything.
     */
    private static final String EXP_NONPOSITIVE =
            """
            FloatVector $k = $x.fma(1.44269504f, 12583039f);
            FloatVector $n = FloatVector.broadcast(F, 12583039f).sub($k);
            FloatVector $f = $x.fma(FloatVector.broadcast(F, 1.44269504f), $n);
            """ + horner("$p", "$f", 1.3264588e-3f, 9.671619e-3f, 5.550735e-2f, 2.4022241e-1f, 6.93147e-1f, 1f) + """
            IntVector $scale = $k.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
            FloatVector $r = $p.mul($scale.reinterpretAsFloats());
            $r = $r.blend(0f, $x.compare(VectorOperators.LT, -87f));
            """;

    /** {@code 1 / (1 + e^-x)}. */
    private static final String SIGMOID = "FloatVector $y = $x.neg();\n"
            + EXP.replace("$x", "$y").replace("$r", "$e")
            + "FloatVector $r = FloatVector.broadcast(F, 1f).div($e.add(1f));\n";

    /**
     * {@code n ln 2 + log m}, with m between √½ and √2. Polynomial of Cephes' logf. Numbers too small to be normal are
     * scaled first. Within 2 ulp.
     */
    private static final String LOG = """
            VectorMask<Float> $tiny = $x.compare(VectorOperators.LT, Float.MIN_NORMAL);
            IntVector $bits = $x.blend($x.mul(8388608f), $tiny).reinterpretAsInts();
            IntVector $k = $bits.sub(0x3f3504f3).lanewise(VectorOperators.ASHR, 23);
            FloatVector $n = $k.add(0x4b400000).reinterpretAsFloats().sub(12582912f);
            $n = $n.blend($n.sub(23f), $tiny);
            FloatVector $m = $bits.sub($k.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats().sub(1f);
            FloatVector $z = $m.mul($m);
            FloatVector $p = $m.fma(7.0376836292e-2f, -1.1514610310e-1f);
            $p = $p.fma($m, FloatVector.broadcast(F, 1.1676998740e-1f));
            $p = $p.fma($m, FloatVector.broadcast(F, -1.2420140846e-1f));
            $p = $p.fma($m, FloatVector.broadcast(F, 1.4249322787e-1f));
            $p = $p.fma($m, FloatVector.broadcast(F, -1.6668057665e-1f));
            $p = $p.fma($m, FloatVector.broadcast(F, 2.0000714765e-1f));
            $p = $p.fma($m, FloatVector.broadcast(F, -2.4999993993e-1f));
            $p = $p.fma($m, FloatVector.broadcast(F, 3.3333331174e-1f));
            $p = $p.mul($m).mul($z);
            $p = $n.fma(FloatVector.broadcast(F, -2.12194440e-4f), $p);
            $p = $z.fma(FloatVector.broadcast(F, -0.5f), $p);
            FloatVector $r = $n.fma(FloatVector.broadcast(F, 0.693359375f), $m.add($p));
            $r = $r.blend(Float.POSITIVE_INFINITY, $x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
            $r = $r.blend(Float.NEGATIVE_INFINITY, $x.compare(VectorOperators.EQ, 0f));
            $r = $r.blend(Float.NaN, $x.compare(VectorOperators.GE, 0f).not());
            """;

    /**
     * {@code x P(x²) / Q(x²)}, fitted for least relative error on [0, 9.02] by iteratively reweighted least squares
     * (Lawson 1961); ±1 beyond. Error 2.1e-8 before rounding, within 3 ulp.
     */
    private static final String TANH =
            rational(9.02f, new float[] {1.331781e-8f, 2.0582573e-5f, 3.4939803e-3f, 1.3379672e-1f, 1f}, new float[] {
                7.761502e-7f, 3.2830032e-4f, 2.5870869e-2f, 4.671299e-1f, 1f
            });

    /** As {@link #TANH}, on [0, 3.93]. Error 1.9e-8 before rounding, within 3 ulp. */
    private static final String ERF = rational(
            3.93f,
            new float[] {2.04194e-6f, 2.847888e-4f, 3.7791082e-3f, 5.2788705e-2f, 1.9077337e-1f, 1.1283791f},
            new float[] {3.800272e-5f, 1.1650753e-3f, 1.4996438e-2f, 1.1425302e-1f, 5.0240123e-1f, 1f});

    /** @param numerator and denominator coefficients, the highest power first */
    private static String rational(float end, float[] numerator, float[] denominator) {
        return "FloatVector $z = $x.mul($x);\n"
                + horner("$p", "$z", numerator)
                + horner("$q", "$z", denominator)
                + "FloatVector $r = $x.mul($p).div($q);\n"
                + "$r = $r.blend(1f, $x.compare(VectorOperators.GT, " + end + "f));\n"
                + "$r = $r.blend(-1f, $x.compare(VectorOperators.LT, -" + end + "f));\n";
    }

    /** A polynomial of {@code x}. */
    private static String horner(String name, String x, float... coefficients) {
        StringBuilder out = new StringBuilder();
        out.append("FloatVector ").append(name).append(" = ").append(x).append(".fma(");
        out.append(coefficients[0]).append("f, ").append(coefficients[1]).append("f);\n");
        for (int i = 2; i < coefficients.length; i++) {
            out.append(name).append(" = ").append(name).append(".fma(").append(x);
            out.append(", FloatVector.broadcast(F, ").append(coefficients[i]).append("f));\n");
        }
        return out.toString();
    }

    private static final String SIN = sine("sin", 0);

    private static final String COS = sine("cos", 1);

    /**
     * Sine and cosine of what is left of x after the nearest multiple of π/2, which is subtracted in three parts; the
     * multiple's low bits choose between them and give the sign. Polynomials of Cephes' sinf and cosf. Past 10^5, where
     * three parts are not enough, lanes are computed one by one. Error below 1e-7.
     */
    private static String sine(String name, int quarter) {
        return """
                FloatVector $k = $x.fma(0.636619772f, 12582912f);
                FloatVector $n = $k.sub(12582912f);
                FloatVector $f = $n.fma(FloatVector.broadcast(F, -1.57079637f), $x);
                $f = $n.fma(FloatVector.broadcast(F, 4.371139e-8f), $f);
                $f = $n.fma(FloatVector.broadcast(F, 1.7151245e-15f), $f);
                FloatVector $z = $f.mul($f);
                FloatVector $s = $z.fma(-1.9515295891e-4f, 8.3321608736e-3f);
                $s = $s.fma($z, FloatVector.broadcast(F, -1.6666654611e-1f));
                $s = $s.mul($z).fma($f, $f);
                FloatVector $c = $z.fma(2.443315711809948e-5f, -1.388731625493765e-3f);
                $c = $c.fma($z, FloatVector.broadcast(F, 4.166664568298827e-2f));
                $c = $c.mul($z).fma($z, $z.fma(-0.5f, 1f));
                IntVector $quarter = $k.reinterpretAsInts().add(QUARTER);
                VectorMask<Float> $odd = $quarter.lanewise(VectorOperators.LSHL, 31).reinterpretAsFloats()
                        .test(VectorOperators.IS_NEGATIVE);
                IntVector $sign = $quarter.and(2).lanewise(VectorOperators.LSHL, 30);
                FloatVector $r = $s.blend($c, $odd).reinterpretAsInts()
                        .lanewise(VectorOperators.XOR, $sign).reinterpretAsFloats();
                if ($x.abs().compare(VectorOperators.GT, 1e5f).anyTrue()) {
                    float[] $large = $x.toArray();
                    for (int $i = 0; $i < $large.length; $i++) {
                        $large[$i] = (float) Math.FUNCTION($large[$i]);
                    }
                    $r = FloatVector.fromArray(F, $large, 0);
                }
                """.replace("QUARTER", String.valueOf(quarter)).replace("FUNCTION", name);
    }

    /** Adding 2^23 to a smaller number rounds it; larger ones have no fraction. */
    private static final String ROUND = """
            FloatVector $a = $x.abs();
            IntVector $sign = $x.reinterpretAsInts().and(0x80000000);
            FloatVector $n = $a.add(8388608f).sub(8388608f).reinterpretAsInts().or($sign).reinterpretAsFloats();
            FloatVector $r = $x.blend($n, $a.compare(VectorOperators.LT, 8388608f));
            """;

    private static final String FLOOR = ROUND.replace("$r", "$near")
            + "FloatVector $r = $near.blend($near.sub(1f), $near.compare(VectorOperators.GT, $x));\n";

    private static final String CEIL = ROUND.replace("$r", "$near")
            + "FloatVector $r = $near.blend($near.add(1f), $near.compare(VectorOperators.LT, $x));\n";

    private static final Map<ScalarFn, String> TEMPLATES = Map.ofEntries(
            Map.entry(ScalarFn.EXP, EXP),
            Map.entry(ScalarFn.EXP_NONPOSITIVE, EXP_NONPOSITIVE),
            Map.entry(ScalarFn.LOG, LOG),
            Map.entry(ScalarFn.TANH, TANH),
            Map.entry(ScalarFn.ERF, ERF),
            Map.entry(ScalarFn.SIGMOID, SIGMOID),
            Map.entry(ScalarFn.SIN, SIN),
            Map.entry(ScalarFn.COS, COS),
            Map.entry(ScalarFn.FLOOR, FLOOR),
            Map.entry(ScalarFn.CEIL, CEIL),
            Map.entry(ScalarFn.ROUND, ROUND));

    private static final Pattern NAME = Pattern.compile("\\$([A-Za-z]\\w*)");

    private VectorTemplates() {}

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
