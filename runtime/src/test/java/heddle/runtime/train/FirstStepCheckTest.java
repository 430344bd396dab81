package heddle.runtime.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.KernelTiming;
import heddle.runtime.Program;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.TornadoCode;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a check of a device's gradients lets pass. */
class FirstStepCheckTest {
    private static final Map<String, Long> LENGTHS = Map.of("N", 2L);

    private int references;

    /** A program that gives the same whatever it is given. */
    private record Fixed(float[] large, float[] small) implements Program {
        @Override
        public String text() {
            return "class Fixed {}";
        }

        @Override
        public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Long> lengths) {
            return Map.of("grad.large", Tensor.of(large, large.length), "grad.small", Tensor.of(small, small.length));
        }

        @Override
        public Map<String, Tensor> profile(
                Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile) {
            return run(inputs, lengths);
        }
    }

    private Program checked(float[] large, float[] small) {
        return new FirstStepCheck(
                new Fixed(large, small),
                () -> {
                    references++;
                    return new Fixed(new float[] {3, 4}, new float[] {0, 0});
                },
                1);
    }

    /** A loss that overflows is named where it is looked at; it does not hide the scale of what is finite. */
    @Test
    void whatIsNotFiniteSaysNothingOfTheOthers() {
        float[] large = {Float.NaN, 4};
        Program rounded = new FirstStepCheck(
                new Fixed(large, new float[] {3.0001f, 0}), () -> new Fixed(large, new float[] {3, 0}), 1);
        rounded.run(Map.of(), LENGTHS);
        Program wrong = new FirstStepCheck(
                new Fixed(large, new float[] {3.1f, 0}), () -> new Fixed(large, new float[] {3, 0}), 1);
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> wrong.run(Map.of(), LENGTHS));
        assertTrue(e.getMessage().contains("grad.small"), e.getMessage());
    }

    @Test
    void roundingPassesAndIsLookedAtOnceForEachChoiceOfLengths() {
        Program program = checked(new float[] {3.001f, 4}, new float[] {4e-5f, 0});
        program.run(Map.of(), LENGTHS);
        program.run(Map.of(), LENGTHS);
        assertEquals(1, references);
        program.run(Map.of(), Map.of("N", 3L));
        assertEquals(2, references);
    }

    @Test
    void oneWrongElementOfAGradientDoesNot() {
        DiagnosticException e = assertThrows(
                DiagnosticException.class,
                () -> checked(new float[] {3, 4.1f}, new float[] {0, 0}).run(Map.of(), LENGTHS));
        assertEquals(TornadoCode.OUTPUTS_DIFFER, e.diagnostics().getFirst().code());
        assertTrue(e.getMessage().contains("grad.large"), e.getMessage());
        assertThrows(
                DiagnosticException.class,
                () -> checked(new float[] {3, 4}, new float[] {1e-2f, 0}).run(Map.of(), LENGTHS));
        assertThrows(
                DiagnosticException.class,
                () -> checked(new float[] {3, Float.NaN}, new float[] {0, 0}).run(Map.of(), LENGTHS));
    }
}
