package heddle.tests.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.schedule.Plan;
import heddle.compiler.scheduled.ActionListing;
import heddle.compiler.scheduled.ProcessorScheduler;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is computed with the sums of a product, in the kernel of the product. */
class EpilogueTest {
    private static Plan plan(String... lines) {
        SourceFile file = new SourceFile("epilogue.heddle", String.join("\n", lines));
        return Compiler.compile(
                        Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported)
                                .graph(),
                        Fusion.FUSED)
                .plan();
    }

    private static String actions(Plan plan) {
        return plan.launches().stream()
                .map(k -> ActionListing.of(ProcessorScheduler.schedule(k, 16)))
                .collect(Collectors.joining("\n"));
    }

    /** A column after another would write a line of a cache for each element. */
    @Test
    void resultsWithoutVectorsAreStoredRowByRow() {
        String actions = actions(
                plan("dim N", "input x : f32[N, 16]", "output y = cast(x @ weight \"w\" : f32[16, 32] * 8.0, i64)"));
        List<String> store = actions.lines()
                .dropWhile(l -> !l.contains("method t_y:"))
                .limit(3)
                .map(String::strip)
                .toList();
        assertEquals(List.of("method t_y:", "for m in block, each:", "for n in block, each:"), store, actions);
    }

    /**
     * The relative shift of Transformer-XL (Dai et al. 2019, arXiv:1901.02860, appendix B): rows of N + 1 become rows of N. As they are
     * stored, neighbours stay neighbours; computed where they are read, each element takes a division.
     */
    @Test
    void rowsOfAnotherLengthAreReadFromMemory() {
        for (String n : List.of("dim N", "let N = 48")) {
            Plan plan = plan(
                    n,
                    "input x : f32[4, N, 16]",
                    "input r : f32[4, N, 16]",
                    "let b = pad(x @ transpose(r), [1, 0], axis = -1)",
                    "output y = x @ transpose(x) + reshape(reshape(b, [4, N + 1, N])[:, 1:], [4, N, N])");
            String actions = actions(plan);
            assertFalse(actions.contains("%") || actions.contains(" div "), actions);
            assertTrue(plan.launches().stream().anyMatch(k -> k.name().startsWith("pad")), actions);
        }
    }
}
