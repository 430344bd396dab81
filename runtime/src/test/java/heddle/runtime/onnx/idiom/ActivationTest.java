package heddle.runtime.onnx.idiom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Activations that exporters write out. */
class ActivationTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "d = Div(x, 1.41421); e = Erf(d); a = Add(e, 1.0); m = Mul(x, a); y = Mul(m, 0.5)",
                "d = Mul(x, 0.70710677); e = Erf(d); a = Add(1.0, e); m = Mul(0.5, x); y = Mul(m, a)",
                "d = Div(x, 1.4142135); e = Erf(d); a = Add(e, 1.0); m = Mul(a, 0.5); y = Mul(x, m)",
                "d = Div(x, 1.4142135); e = Erf(d); a = Add(e, 1.0); m = Mul(a, x); y = Div(m, 2.0)",
                "r = Sqrt(2.0); d = Div(x, r); e = Erf(d); a = Add(e, 1.0); m = Mul(a, x); y = Mul(0.5, m)",
                "d = Div(x, 1.4142135); e = Erf(d); m = Mul(0.5, e); a = Add(0.5, m); y = Mul(x, a)"
            })
    void geluByErf(String lines) {
        assertLastBecomes("y = Gelu(x) approximate=none", lines);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c = Pow(x, 3.0); k = Mul(c, 0.044715); s = Add(x, k); u = Mul(s, 0.7978845); t = Tanh(u); a = Add(t, 1.0);"
                        + "h = Mul(x, 0.5); y = Mul(h, a)",
                "q = Mul(x, x); c = Mul(x, q); k = Mul(0.044708, c); s = Add(k, x); u = Mul(0.7979, s); t = Tanh(u);"
                        + "a = Add(1.0, t); m = Mul(a, x); y = Mul(m, 0.5)",
                "r = Mul(x, 0.79788); k = Mul(x, 0.044715); l = Mul(k, x); s = Add(l, 1.0); u = Mul(r, s); t = Tanh(u);"
                        + "a = Add(t, 1.0); h = Mul(0.5, x); y = Mul(h, a)",
                "q = Mul(0.044715, x); p = Mul(q, x); s = Add(1.0, p); r = Mul(0.79788, x); u = Mul(r, s); t = Tanh(u);"
                        + "o = Mul(t, 0.5); a = Add(o, 0.5); y = Mul(x, a)"
            })
    void geluByTanh(String lines) {
        assertLastBecomes("y = Gelu(x) approximate=tanh", lines);
    }

    @Test
    void siluAndQuickGelu() {
        assertLastBecomes("y = Swish(x) alpha=1.0", "s = Sigmoid(x); y = Mul(s, x)");
        assertLastBecomes(
                "y = com.microsoft.QuickGelu(x) alpha=1.702", "m = Mul(x, 1.702); s = Sigmoid(m); y = Mul(x, s)");
    }

    @Test
    void siluInAGatedProductIsFoundInside() {
        assertEquals(
                "m = Swish(x) alpha=1.0 of s m\ny = Mul(m, up)\n",
                recognised("s = Sigmoid(x); m = Mul(x, s); y = Mul(m, up)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "d = Div(x, 1.5); e = Erf(d); a = Add(e, 1.0); m = Mul(x, a); y = Mul(m, 0.5)",
                "d = Div(x, 1.4142135); e = Erf(d); a = Add(e, 1.0); m = Mul(z, a); y = Mul(m, 0.5)",
                "d = Div(x, 1.4142135); e = Erf(d); a = Add(e, 1.0); m = Mul(x, a); y = Mul(m, 0.25)",
                "d = Div(x, 1.4142135); e = Erf(d); a = Sub(e, 1.0); m = Mul(x, a); y = Mul(m, 0.5)",
                "c = Pow(x, 2.0); k = Mul(c, 0.044715); s = Add(x, k); u = Mul(s, 0.7978845); t = Tanh(u); a = Add(t, 1.0);"
                        + "h = Mul(x, 0.5); y = Mul(h, a)",
                "s = Sigmoid(x); y = Mul(s, z)",
                "m = Mul(x, 1.5); s = Sigmoid(m); y = Mul(x, s)"
            })
    void nearMissesStay(String lines) {
        String text = lines.replace(';', '\n');
        assertEquals(NodeText.print(NodeText.parse(text + "\n-> y")), recognised(lines));
    }

    @Test
    void staysWhereTheErrorFunctionIsAnOutput() {
        String text = "d = Div(x, 1.4142135)\ne = Erf(d)\na = Add(e, 1.0)\nm = Mul(x, a)\ny = Mul(m, 0.5)\n-> y, e";
        assertEquals(NodeText.print(NodeText.parse(text)), NodeText.print(Idioms.recognise(NodeText.parse(text))));
    }

    private static void assertLastBecomes(String expected, String lines) {
        String last = recognised(lines).lines().toList().getLast();
        assertEquals(expected, last.replaceAll(" of .*", ""));
    }

    private static String recognised(String lines) {
        return NodeText.print(Idioms.recognise(NodeText.parse(lines.replace(';', '\n') + "\n-> y")));
    }
}
