package heddle.runtime.onnx.idiom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Normalisations in the spellings of exporters, and graphs that look like one. */
class NormalisationTest {
    private static final String WEIGHTS = """
            g: f32[8]
            b: f32[8]
            """;

    @Test
    void readsWhatPyTorchWritesBeforeOpset17() {
        assertBecomes("y = LayerNormalization(x, g, b) axis=-1 epsilon=1.0E-5 of m d p v e s q n y\n", """
                m = ReduceMean(x) axes=[-1]
                d = Sub(x, m)
                p = Pow(d, 2.0)
                v = ReduceMean(p) axes=[-1]
                e = Add(v, 1.0e-5)
                s = Sqrt(e)
                q = Div(d, s)
                n = Mul(q, g)
                y = Add(n, b)
                -> y
                """);
    }

    @Test
    void takesTheDifferenceTwiceAndAxesAsAnOperand() {
        assertBecomes("y = LayerNormalization(x, g, b) axis=-1 epsilon=0.001 of m d d2 p v e s q n y\n", """
                m = ReduceMean(x, -1) keepdims=1
                d = Sub(x, m)
                d2 = Sub(x, m)
                p = Mul(d2, d2)
                v = ReduceMean(p, -1)
                e = Add(0.001, v)
                s = Sqrt(e)
                q = Div(d, s)
                n = Mul(g, q)
                y = Add(b, n)
                -> y
                """);
    }

    @Test
    void readsReciprocalsAndHalfFloatsThatAreConvertedForTheVariance() {
        assertBecomes("y = LayerNormalization(x, g) axis=-1 epsilon=0.001 of m d c p v e s r n y\n", """
                m = ReduceMean(x) axes=[-1]
                d = Sub(x, m)
                c = Cast(d) to=1
                p = Pow(c, 2.0)
                v = ReduceMean(p) axes=[-1]
                e = Add(v, 0.001)
                s = Sqrt(e)
                r = Reciprocal(s)
                n = Mul(d, r)
                y = Mul(n, g)
                -> y
                """);
    }

    @Test
    void readsWhatKerasWrites() {
        assertBecomes("y = heddle.LayerNormalization(x, g, b) axis=2 epsilon=0.001 of m d p v e s r f a t u y\n", """
                m = ReduceMean(x) axes=[2]
                d = Sub(x, m)
                p = Mul(d, d)
                v = ReduceMean(p) axes=[2]
                e = Add(v, 0.001)
                s = Sqrt(e)
                r = Reciprocal(s)
                f = Mul(r, g)
                a = Mul(x, f)
                t = Mul(m, f)
                u = Sub(b, t)
                y = Add(a, u)
                -> y
                """);
    }

    @Test
    void leavesASumBehindTheScaleThatIsNoBias() {
        assertBecomes("""
                n = LayerNormalization(x, g) axis=-1 epsilon=0.001 of m d p v e s q n
                y = Add(n, residual)
                """, LAYER_NORM_UP_TO_N + "y = Add(n, residual)\n-> y");
    }

    @Test
    void staysWhereSomebodyReadsTheVariance() {
        String text = LAYER_NORM_UP_TO_N + "z = Exp(v)\n-> n, z";
        assertEquals(NodeText.print(NodeText.parse(WEIGHTS + text)), recognised(text));
    }

    @Test
    void readsOneWithoutScaleWhereTheNormalisedValuesAreReadTwice() {
        assertBecomes("""
                q = heddle.LayerNormalization(x) axis=-1 epsilon=0.001 of m d p v e s q
                n = Mul(q, g)
                """, LAYER_NORM_UP_TO_N + "-> n, q");
    }

    @Test
    void isAnRmsNormOfTheDifferenceWhenMeansAreOfOtherAxes() {
        assertBecomes("""
                m = ReduceMean(x) axes=[1]
                d = Sub(x, m)
                n = RMSNormalization(d, g) axis=-1 epsilon=0.001 of p v e s q n
                """, LAYER_NORM_UP_TO_N.replaceFirst("axes=\\[-1]", "axes=[1]") + "-> n");
    }

    @Test
    void isNoNormalisationWhenAnotherTensorIsDivided() {
        String text = LAYER_NORM_UP_TO_N.replace("Div(d, s)", "Div(x, s)") + "-> n";
        assertEquals(NodeText.print(NodeText.parse(WEIGHTS + text)), recognised(text));
    }

    @Test
    void isNoNormalisationWhenTheMeanLosesItsAxis() {
        String text =
                LAYER_NORM_UP_TO_N.replace("ReduceMean(p) axes=[-1]", "ReduceMean(p) axes=[-1] keepdims=0") + "-> n";
        assertEquals(NodeText.print(NodeText.parse(WEIGHTS + text)), recognised(text));
    }

    @Test
    void readsRmsNormOfT5() {
        assertBecomes(
                "y = RMSNormalization(x, g) axis=-1 epsilon=1.0E-6 of p v e s r n y\n",
                RMS_NORM_UP_TO_N + "y = Mul(g, n)\n-> y");
    }

    @Test
    void readsRmsNormOfLlamaWithConversionsThatChangeNothing() {
        assertBecomes("""
                x = Cast(h) to=1
                y = RMSNormalization(x, g) axis=-1 epsilon=1.0E-6 of p v e s r n c y
                """, "x = Cast(h) to=1\n" + RMS_NORM_UP_TO_N + "c = Cast(n) to=1\ny = Mul(g, c)\n-> y");
    }

    @Test
    void leavesTheScaleBehindAConversionToHalfFloats() {
        assertBecomes("""
                x = Cast(h) to=1
                n = heddle.RMSNormalization(x) axis=-1 epsilon=1.0E-6 of p v e s r n
                c = Cast(n) to=10
                y = Mul(g, c)
                """, "x = Cast(h) to=1\n" + RMS_NORM_UP_TO_N + "c = Cast(n) to=10\ny = Mul(g, c)\n-> y");
    }

    @Test
    void isNoRmsNormOfAnotherTensor() {
        String text = RMS_NORM_UP_TO_N.replace("Mul(x, r)", "Mul(h, r)") + "y = Mul(g, n)\n-> y";
        assertEquals(NodeText.print(NodeText.parse(WEIGHTS + text)), recognised(text));
    }

    @Test
    void isNoRmsNormOfCubes() {
        String text = RMS_NORM_UP_TO_N.replace("Pow(x, 2.0)", "Pow(x, 3.0)") + "y = Mul(g, n)\n-> y";
        assertEquals(NodeText.print(NodeText.parse(WEIGHTS + text)), recognised(text));
    }

    private static final String LAYER_NORM_UP_TO_N = """
            m = ReduceMean(x) axes=[-1]
            d = Sub(x, m)
            p = Pow(d, 2.0)
            v = ReduceMean(p) axes=[-1]
            e = Add(v, 0.001)
            s = Sqrt(e)
            q = Div(d, s)
            n = Mul(q, g)
            """;

    private static final String RMS_NORM_UP_TO_N = """
            p = Pow(x, 2.0)
            v = ReduceMean(p) axes=[-1]
            e = Add(v, 1.0e-6)
            s = Sqrt(e)
            r = Div(1.0, s)
            n = Mul(x, r)
            """;

    private static void assertBecomes(String expected, String text) {
        assertEquals(expected, recognised(text));
    }

    private static String recognised(String text) {
        return NodeText.print(Idioms.recognise(NodeText.parse(WEIGHTS + text)));
    }
}
