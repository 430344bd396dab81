package heddle.runtime.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LengthBindingTest {
    private static final Dim B = Dim.symbol("B");
    private static final Dim N = Dim.symbol("N");

    private final LengthBinding binding = new LengthBinding(Map.of());

    @Test
    void symbolsComeFromShapes() {
        bind(2, 7, B, N);
        assertEquals("B = 2, N = 7", LengthBinding.text(binding.lengths()));
    }

    @Test
    void aLinearLengthIsSolved() {
        bind(2, 15, B, N.times(2).plus(1));
        assertEquals(7L, binding.lengths().get("N"));
        binding.requireAll(List.of("B", "N"));
    }

    @Test
    void oneNameIsOneLength() {
        bind(2, 7, B, N);
        var e = assertThrows(DiagnosticException.class, () -> bind(2, 8, B, N));
        assertEquals(RuntimeCode.INPUT_SHAPE, e.diagnostics().getFirst().code());
        assertTrue(e.diagnostics().getFirst().notes().contains("N = 7 comes from the input x"), e.getMessage());
    }

    @Test
    void whatStaysOpenIsNamed() {
        bind(2, 7, B, Dim.of(7));
        var e = assertThrows(DiagnosticException.class, () -> binding.requireAll(List.of("B", "N")));
        assertEquals(RuntimeCode.LENGTH_UNBOUND, e.diagnostics().getFirst().code());
        e = assertThrows(DiagnosticException.class, () -> binding.requireAll(List.of("K", "B", "N")));
        assertEquals(
                "the lengths K, N are not known", e.diagnostics().getFirst().message());
        assertEquals(
                "give them with -D K=128 -D N=128",
                e.diagnostics().getFirst().hint().orElseThrow());
    }

    private void bind(long rows, long columns, Dim... dims) {
        TensorType type = new TensorType(DType.F32, Shape.of(dims));
        binding.bind("the input x", type, Tensor.zeros(DType.F32, rows, columns));
    }
}
