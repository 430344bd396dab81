package heddle.compiler.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.ModelInvariants;
import heddle.compiler.type.Stored;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpandStoredTest {
    private static final ExpandStored PASS = new ExpandStored();

    @Test
    void scalesOfColumnsAreMultipliedWithSums() {
        GraphTexts.assertBecomes(PASS, """
                %0 = input {name = "x"} : f32[N, 64]
                %1 = weight {name = "w", held = "i8 per column", scales = "s"} : f32[64, 96]
                %2 = contract(%0, %1) {equation = "nk,km->nm"} : f32[N, 96]
                output y = %2
                """, """
                %0 = input {name = "x"} : f32[N, 64]
                %1 = weight {name = "w", held = "i8"} : f32[64, 96]
                %2 = weight {name = "s"} : f32[96]
                %3 = reshape(%2) : f32[1, 96]
                %4 = mul(%1, %3) : f32[64, 96]
                %5 = reshape(%2) : f32[1, 96]
                %6 = contract(%0, %1) {equation = "nk,km->nm"} : f32[N, 96]
                %7 = mul(%6, %5) : f32[N, 96]
                output y = %7
                """);
    }

    @Test
    void scalesOfWhatIsSummedOverAreMultipliedWithTheOtherFactor() {
        GraphTexts.assertBecomes(PASS, """
                %0 = input {name = "x"} : f32[N, 64]
                %1 = weight {name = "w", held = "i4 per column", scales = "s"} : f32[96, 64]
                %2 = permute(%1) {order = [1, 0]} : f32[64, 96]
                %3 = contract(%0, %2) {equation = "nk,km->nm"} : f32[N, 96]
                output y = %3
                """, """
                %0 = input {name = "x"} : f32[N, 64]
                %1 = weight {name = "w", held = "i4"} : f32[96, 64]
                %2 = weight {name = "s"} : f32[64]
                %3 = reshape(%2) : f32[1, 64]
                %4 = mul(%1, %3) : f32[96, 64]
                %5 = permute(%4) {order = [1, 0]} : f32[64, 96]
                %6 = permute(%1) {order = [1, 0]} : f32[64, 96]
                %7 = reshape(%2) : f32[1, 64]
                %8 = mul(%0, %7) : f32[N, 64]
                %9 = contract(%8, %6) {equation = "nk,km->nm"} : f32[N, 96]
                output y = %9
                """);
    }

    @Test
    void scalesOfBlocksStay() {
        GraphTexts.assertBecomes(PASS, """
                %0 = input {name = "x"} : f32[N, 64]
                %1 = weight {name = "w", held = "i8 per block", scales = "s"} : f32[64, 40]
                %2 = contract(%0, %1) {equation = "nk,km->nm"} : f32[N, 40]
                output y = %2
                """, """
                %0 = input {name = "x"} : f32[N, 64]
                %1 = weight {name = "w", held = "i8"} : f32[64, 40]
                %2 = weight {name = "s"} : f32[64, 2]
                %3 = reshape(%2) : f32[64, 2, 1]
                %4 = expand(%3) : f32[64, 2, 32]
                %5 = reshape(%4) : f32[64, 64]
                %6 = slice(%5) {starts = [0, 0], lengths = [64, 40], steps = [1, 1]} : f32[64, 40]
                %7 = mul(%1, %6) : f32[64, 40]
                %8 = contract(%0, %7) {equation = "nk,km->nm"} : f32[N, 40]
                output y = %8
                """);
    }

    @Test
    void weightsWithoutScalesStay() {
        GraphTexts.assertDoesNotFire(PASS, """
                %0 = weight {name = "w", held = "i8"} : f32[64, 40]
                %1 = weight {name = "v", held = "f16"} : f32[64, 40]
                %2 = add(%0, %1) : f32[64, 40]
                output y = %2
                """);
    }

    @Test
    void weightsOfFloatsAreHeldAsTheirFileHasThem() {
        Graph graph = GraphTexts.graph("""
                %0 = weight {name = "w"} : f32[64, 40]
                %1 = weight {name = "v", held = "i8"} : f32[64, 40]
                %2 = add(%0, %1) : f32[64, 40]
                output y = %2
                """);
        assertSame(graph, HoldWeights.as(graph, Map.of("v", Stored.I8)));
        String held = GraphText.print(HoldWeights.as(graph, Map.of("w", Stored.F16, "v", Stored.F16)));
        assertEquals(1, held.lines().filter(l -> l.contains("held = \"f16\"")).count(), held);
        assertEquals(1, held.lines().filter(l -> l.contains("held = \"i8\"")).count(), held);
    }

    @Test
    void vectorsHaveNoScales() {
        Graph graph = GraphTexts.graph("""
                %0 = weight {name = "w", held = "i8 per row", scales = "s"} : f32[64]
                output y = %0
                """);
        assertEquals(1, ModelInvariants.VERIFIER.violations(graph).size());
    }
}
