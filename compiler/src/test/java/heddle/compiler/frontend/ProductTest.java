package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.op.Contract;
import heddle.compiler.op.layout.Reshape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which contraction a product becomes. */
class ProductTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "f32[B, N, 8] | f32[8, 4] | bnk,km->bnm | f32[B, N, 4]",
                "f32[B, 2, N, 8] | f32[B, 2, 8, N] | bhnk,bhkm->bhnm | f32[B, 2, N, N]",
                "f32[2, N, 8] | f32[B, 1, 8, N] | hnk,bkm->bhnm | f32[B, 2, N, N]",
                "f32[B, 1, N, 8] | f32[1, 2, 8, 4] | bnk,hkm->bhnm | f32[B, 2, N, 4]",
                "f32[1, N, 8] | f32[1, 8, 4] | bnk,bkm->bnm | f32[1, N, 4]",
                "f32[8] | f32[8] | k,k-> | f32[]",
                "f32[8] | f32[B, 8, 4] | k,bkm->bm | f32[B, 4]",
                "f32[B, N, 8] | f32[8] | bnk,k->bn | f32[B, N]",
            })
    void batchesBroadcast(String left, String right, String equation, String result) {
        Model m = Elaborated.of("dim B, N", "input a: " + left, "input b: " + right, "output y = a @ b");
        assertEquals(equation, Elaborated.equation(m));
        assertEquals(result, m.graph().outputs().get("y").type().toString());
    }

    @Test
    void einsumPutsTheLastProductInOrder() {
        Model m = Elaborated.of(
                "dim N", "input a: f32[N, 8]", "input b: f32[4, 8]", "output y = einsum(\"nd,md->mn\", a, b)");
        assertEquals("nd,md->mn", Elaborated.equation(m));
        assertEquals("f32[4, N]", m.graph().outputs().get("y").type().toString());
    }

    @Test
    void onlyBatchesOfLengthOneAreReshaped() {
        Model m = Elaborated.of("dim N", "input a: f32[N, 8]", "input b: f32[8, 4]", "output y = a @ b");
        assertEquals(
                0,
                m.graph().nodes().stream()
                        .filter(n -> n.op() instanceof Reshape)
                        .count());
        assertEquals(
                1,
                m.graph().nodes().stream()
                        .filter(n -> n.op() instanceof Contract)
                        .count());
    }
}
