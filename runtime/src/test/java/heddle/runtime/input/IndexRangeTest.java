package heddle.runtime.input;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.frontend.Frontend;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IndexRangeTest {
    private static final String MODEL = """
            dim N, V
            input ids: i64[2, 2]
            input moved: i64[N]
            input table: f32[V, 4]
            output words = embed(ids, table)
            output others = embed(moved + 1, table)
            input taken: i64[N]
            output along = take_along(table, expand(taken[:, new], [N, 4]), axis = 0)
            output short = gather(table[0:3], taken)
            input put: i64[N]
            output updated = scatter_along(zeros([5]), put, zeros([N]), axis = 0)
            """;

    private static final IndexRange RANGE = new IndexRange(
            Frontend.elaborate(Parser.parse(new SourceFile("m.heddle", MODEL)).orThrow(), SourceReader::imported)
                    .graph());

    @Test
    void namesTheFirstIndexOutsideTheTable() {
        var thrown = assertThrows(
                DiagnosticException.class,
                () -> RANGE.check("ids", Tensor.of(new long[] {0, 6, 7, -1}, 2, 2), Map.of("V", 7L)));
        assertEquals(
                "the input ids holds 7 at [1, 0], the table has 7 rows",
                thrown.diagnostics().getFirst().message());
    }

    @Test
    void takeAlongRefusesWhatGatherDoes() {
        assertEquals(Optional.of(3L), RANGE.rows("taken", Map.of("V", 7L, "N", 2L)), "the smaller of two tables");
        var thrown = assertThrows(
                DiagnosticException.class,
                () -> RANGE.check("taken", Tensor.of(new long[] {2, 3}, 2), Map.of("V", 7L, "N", 2L)));
        assertEquals(
                "the input taken holds 3 at [1], the table has 3 rows",
                thrown.diagnostics().getFirst().message());
    }

    @Test
    void updatesRefuseWhatLookUpsDo() {
        assertEquals(Optional.of(5L), RANGE.rows("put", Map.of("N", 2L)));
    }

    @Test
    void leavesComputedIndexesAlone() {
        assertEquals(Optional.empty(), RANGE.rows("moved", Map.of("V", 7L)));
        assertDoesNotThrow(() -> RANGE.check("moved", Tensor.of(new long[] {99}, 1), Map.of("V", 7L)));
    }
}
