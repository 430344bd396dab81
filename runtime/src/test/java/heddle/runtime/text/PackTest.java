package heddle.runtime.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class PackTest {
    private static Tokens text(int length) {
        return new Tokens(new long[length], 0, 0);
    }

    @Test
    void whatARunGivesIsRowsOfTheLongest() {
        Pack pack = Pack.endToEnd(List.of(text(1), text(3), text(0), text(2)));
        Tensor given = pack.unpacked(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 6));
        assertArrayEquals(new long[] {4, 3}, given.shape());
        assertArrayEquals(new float[] {1, 0, 0, 2, 3, 4, 0, 0, 0, 5, 6, 0}, given.floats());
    }

    @Test
    void textsThatMakeTooLargeTensorsAreRefused() {
        List<Tokens> all = Collections.nCopies(50_000, text(50_000));
        assertTooLarge(() -> Pack.endToEnd(all));
        assertTooLarge(() -> Pack.padded(all));
        List<Tokens> most = new ArrayList<>(Collections.nCopies(50_000, text(1)));
        most.add(text(50_000));
        Pack pack = Pack.endToEnd(most);
        assertTooLarge(() -> pack.unpacked(Tensor.of(new float[100_000], 1, 100_000)));
    }

    private static void assertTooLarge(Executable made) {
        DiagnosticException e = assertThrows(DiagnosticException.class, made);
        assertEquals(RuntimeCode.TENSOR_TOO_LARGE, e.diagnostics().getFirst().code());
    }
}
