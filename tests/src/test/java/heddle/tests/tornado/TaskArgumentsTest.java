package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.Plan;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.DeviceWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels of many tensors: a task has 15 arguments, the context and the lengths among them. */
class TaskArgumentsTest {
    private static final Map<String, Long> LENGTHS = Map.of("A", 2L, "B", 3L, "C", 5L);

    @TempDir
    private Path dir;

    /** The sum of many inputs, which is one kernel. */
    private HeddleModel sum(int inputs) throws IOException {
        List<String> names = IntStream.range(0, inputs).mapToObj(i -> "x" + i).toList();
        String declared =
                names.stream().map(x -> "input " + x + ": f32[A, B, C]\n").collect(Collectors.joining());
        Path file = dir.resolve("sum" + inputs + ".heddle");
        Files.writeString(file, "dim A, B, C\n" + declared + "output y = " + String.join(" + ", names) + "\n");
        return Heddle.model(file);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11})
    void lengthsShareArgumentsWhereThereAreTooMany(int inputs) throws IOException {
        HeddleModel model = sum(inputs);
        SequencedMap<String, Tensor> given = new LinkedHashMap<>();
        for (int i = 0; i < inputs; i++) {
            float[] elements = new float[30];
            for (int k = 0; k < elements.length; k++) {
                elements[k] = i + 0.5f * k;
            }
            given.put("x" + i, Tensor.of(elements, 2, 3, 5));
        }
        Conformance.of(model.declaration().graph(), Fusion.FUSED, TornadoTarget.GPU, Map.of())
                .check(given, LENGTHS, inputs + " inputs");
    }

    @Test
    void moreIsAnErrorThatNamesTheKernel() throws IOException {
        Plan plan = sum(12).compilation(Fusion.FUSED, new DevicePolicy(TornadoTarget.GPU))
                .plan();
        DiagnosticException e =
                assertThrows(DiagnosticException.class, () -> DeviceWriter.source(plan, TornadoTarget.GPU));
        assertEquals("H1112", e.diagnostics().getFirst().code().id());
        assertTrue(
                e.diagnostics().getFirst().notes().contains("16 arguments are needed, TornadoVM takes 15"),
                e.diagnostics().toString());
    }
}
