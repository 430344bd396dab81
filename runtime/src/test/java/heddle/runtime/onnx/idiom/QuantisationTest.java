package heddle.runtime.onnx.idiom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What quantisers write around products, look-ups and activations. */
class QuantisationTest {
    @Test
    void productsThatShareAQuantisedOperand() {
        assertEquals("""
                y = heddle.QuantizedMatMul(x, w, ws, wz) rounds=1 of q i c s y
                z = heddle.QuantizedMatMul(x, v, vs, ) rounds=1 of q j d t z
                """, recognised("""
                w: i8[8, 4]
                v: i8[8, 4]
                ws: f32[4]
                vs: f32
                wz: i8[4]
                q, qs, qz = DynamicQuantizeLinear(x)
                i = MatMulInteger(q, w, qz, wz)
                c = Cast(i) to=1
                s = Mul(qs, ws)
                y = Mul(c, s)
                j = MatMulInteger(q, v, qz)
                d = Cast(j) to=1
                t = Mul(d, vs)
                z = Mul(t, qs)
                -> y, z
                """));
    }

    @Test
    void theQuantisedOperandStaysForWhoElseReadsIt() {
        assertEquals("""
                q, qs, qz = DynamicQuantizeLinear(x)
                y = heddle.QuantizedMatMul(x, w, ws, wz) rounds=1 of q i c s y
                """, recognised("""
                w: i8[8, 4]
                ws: f32
                wz: i8
                q, qs, qz = DynamicQuantizeLinear(x)
                i = MatMulInteger(q, w, qz, wz)
                c = Cast(i) to=1
                s = Mul(qs, ws)
                y = Mul(c, s)
                -> y, q
                """));
    }

    @Test
    void aStepOfAnotherTensorIsNoProductOfFloats() {
        String text = """
                w: i8[8, 4]
                ws: f32
                q, qs, qz = DynamicQuantizeLinear(x)
                r, rs, rz = DynamicQuantizeLinear(h)
                i = MatMulInteger(q, w, qz)
                c = Cast(i) to=1
                s = Mul(rs, ws)
                y = Mul(c, s)
                -> y
                """;
        assertEquals(GraphText.print(GraphText.parse(text)), recognised(text));
    }

    @Test
    void pairsThatRoundActivations() {
        assertEquals(
                "y = heddle.FakeQuantization(x) high=127.5 low=0.0 scale=0.5 of q y\n",
                recognised("q = QuantizeLinear(x, 0.5)\ny = DequantizeLinear(q, 0.5)\n-> y"));
        assertEquals(
                "y = heddle.FakeQuantization(x) high=63.5 low=-64.0 scale=0.5 of q y\n",
                recognised("z: i8\nq = QuantizeLinear(x, 0.5, z)\ny = DequantizeLinear(q, 0.5, z)\n-> y"));
    }

    @Test
    void pairsBehindASoftmaxHaveNoEnds() {
        assertEquals(
                "x = Softmax(h)\ny = heddle.FakeQuantization(x) scale=0.25 of q y\n",
                recognised("x = Softmax(h)\nq = QuantizeLinear(x, 0.25)\ny = DequantizeLinear(q, 0.25)\n-> y"));
    }

    @Test
    void pairsOfDifferentStepsStay() {
        String text = "q = QuantizeLinear(x, 0.5)\ny = DequantizeLinear(q, 0.25)\n-> y";
        assertEquals(GraphText.print(GraphText.parse(text)), recognised(text));
    }

    @Test
    void weightsThatAreDequantisedForAProduct() {
        assertEquals(
                "y = heddle.QuantizedMatMul(x, w, s, z) axis=1 transB=0 of f y\n",
                recognised("w: i8[8, 4]\ns: f32[4]\nz: i8[4]\nf = DequantizeLinear(w, s, z)\ny = MatMul(x, f)\n-> y"));
        assertEquals(
                "y = heddle.QuantizedMatMul(x, w, s, ) axis=0 transB=1 of f t y\n",
                recognised("w: i8[8, 4]\ns: f32[8]\nf = DequantizeLinear(w, s) axis=-2\n"
                        + "t = Transpose(f) perm=[1,0]\ny = MatMul(x, t)\n-> y"));
        assertEquals(
                "y = heddle.QuantizedMatMul(x, w, s, z, b) axis=0 transB=1 of f y\n",
                recognised("w: i8[8, 4]\ns: f32[8]\nz: i8[8]\nf = DequantizeLinear(w, s, z) axis=0\n"
                        + "y = Gemm(x, f, b) transB=1\n-> y"));
    }

    @Test
    void weightsInBlocksAndFactorsOfGemmStay() {
        for (String lines : new String[] {
            "f = DequantizeLinear(w, s, z) axis=0 block_size=2\ny = MatMul(x, f)\n-> y",
            "f = DequantizeLinear(w, s, z)\ny = Gemm(x, f, b) alpha=2.0\n-> y",
            "f = DequantizeLinear(h, s, z)\ny = MatMul(x, f)\n-> y"
        }) {
            String text = "w: i8[8, 4]\ns: f32[4]\nz: i8[4]\n" + lines;
            assertEquals(GraphText.print(GraphText.parse(text)), recognised(text));
        }
    }

    @Test
    void tablesThatAreDequantisedBeforeOrBehindTheLookUp() {
        String expected = """
                y/held = heddle.HeldWeight(w) of f y
                y/rows = Gather(y/held, ids) of f y
                y = heddle.Scaled(y/rows) scale=0.5 zero=-128.0 of f y
                """;
        assertEquals(
                expected, recognised("w: u8[8, 4]\nz: u8\nf = Gather(w, ids)\ny = DequantizeLinear(f, 0.5, z)\n-> y"));
        assertEquals(
                expected, recognised("w: u8[8, 4]\nz: u8\nf = DequantizeLinear(w, 0.5, z)\ny = Gather(f, ids)\n-> y"));
    }

    @Test
    void tablesWithAScaleForEachRowStay() {
        String text = "w: u8[8, 4]\ns: f32[8]\nf = DequantizeLinear(w, s) axis=0\ny = Gather(f, ids)\n-> y";
        assertEquals(GraphText.print(GraphText.parse(text)), recognised(text));
    }

    private static String recognised(String text) {
        return GraphText.print(Idioms.recognise(GraphText.parse(text)));
    }
}
