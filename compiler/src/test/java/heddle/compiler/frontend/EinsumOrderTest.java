package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.ir.Graph;
import heddle.compiler.op.Contract;
import java.util.List;
import org.junit.jupiter.api.Test;

class EinsumOrderTest {
    private static List<String> equations(String model) {
        Graph graph = Elaborated.of(model).graph();
        return graph.nodes().stream()
                .filter(n -> n.op() instanceof Contract)
                .map(n -> ((Contract) n.op()).equation())
                .toList();
    }

    @Test
    void layersComeBeforeAllPairs() {
        assertEquals(List.of("bnd,dhk->bnhk", "bme,ehk->bmhk", "bnhk,bmhk->bhnm"), equations("""
                        dim B, N, M
                        input x: f32[B, N, 64]
                        input y: f32[B, M, 64]
                        input wq: f32[64, 4, 16]
                        input wk: f32[64, 4, 16]
                        output o = einsum("bnd,dhk,bme,ehk->bhnm", x, wq, y, wk)
                        """));
    }

    @Test
    void aChainEndsInAVector() {
        assertEquals(List.of("bc,c->b", "ab,b->a"), equations("""
                        input x: f32[8, 9]
                        input y: f32[9, 10]
                        input z: f32[10]
                        output o = einsum("ab,bc,c->a", x, y, z)
                        """));
    }

    @Test
    void equalOrdersGoFromLeftToRight() {
        assertEquals(List.of("ab,bc->ac", "ac,cd->ad", "ad,de->ae"), equations("""
                        input x: f32[8, 8]
                        output o = einsum("ab,bc,cd,de->ae", x, x, x, x)
                        """));
    }

    @Test
    void lengthsBeyondNumbersHaveAnOrder() {
        assertEquals(List.of("n,n->"), equations("""
                        dim A, B, C, D, E, F
                        input x: f32[A, B, C, D, E, F]
                        let y = reshape(x, [A*B*C*D*E*F])
                        output o = einsum("n,n->", y, y)
                        """));
    }

    @Test
    void manyOperandsGoFromLeftToRight() {
        assertEquals(
                List.of(
                        "ab,bc->ac",
                        "ac,cd->ad",
                        "ad,de->ae",
                        "ae,ef->af",
                        "af,fg->ag",
                        "ag,gh->ah",
                        "ah,hi->ai",
                        "ai,i->a"),
                equations("""
                        input x: f32[8, 8]
                        input v: f32[8]
                        output o = einsum("ab,bc,cd,de,ef,fg,gh,hi,i->a", x, x, x, x, x, x, x, x, v)
                        """));
    }
}
