package heddle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.code.ClassCache;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.TornadoCode;
import heddle.runtime.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstRunCheckTest {
    @TempDir
    Path dir;

    private HeddleModel model;
    private int references;
    private int loaded;

    /** A program that gives the same whatever it is given. */
    private record Fixed(float... y) implements Program {
        @Override
        public String text() {
            return "class Fixed {}";
        }

        @Override
        public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Long> lengths) {
            return Map.of("y", Tensor.of(y, y.length));
        }

        @Override
        public Map<String, Tensor> profile(
                Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile) {
            return run(inputs, lengths);
        }
    }

    @BeforeEach
    void readModel() throws IOException {
        model = Heddle.model(
                Files.writeString(dir.resolve("m.heddle"), "input x: f32[2]\noutput y: f32[2] = x * 2.0\n"));
    }

    private Program check(Program program, String driver) {
        ClassCache cache = new ClassCache(dir.resolve("cache"), "1", warning -> {});
        return new FirstRunCheck(
                program,
                this::reference,
                model,
                model.compilation(Fusion.FUSED),
                inputs -> new Verification(model, Map.of(), inputs),
                cache,
                List.of("sdk", driver));
    }

    private Program reference() {
        loaded++;
        return new Counted(new Fixed(2, 4), () -> references++);
    }

    /** A program whose runs are told. */
    private record Counted(Program program, Runnable ran) implements Program {
        @Override
        public String text() {
            return program.text();
        }

        @Override
        public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Long> lengths) {
            ran.run();
            return program.run(inputs, lengths);
        }

        @Override
        public Map<String, Tensor> profile(
                Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile) {
            return run(inputs, lengths);
        }
    }

    private static Map<String, Tensor> run(Program program) {
        return run(program, 1);
    }

    private static Map<String, Tensor> run(Program program, long length) {
        return program.run(Map.of("x", Tensor.of(new float[] {1, 2}, 2)), Map.of("N", length));
    }

    @Test
    void namesWhereTheDeviceIsWrong() {
        for (int time = 0; time < 2; time++) {
            Diagnostic said = assertThrows(DiagnosticException.class, () -> run(check(new Fixed(2, 5), "1")))
                    .diagnostics()
                    .getFirst();
            assertEquals(TornadoCode.OUTPUTS_DIFFER, said.code());
            assertEquals(List.of("at [1] it is 5.00000000, should be 4.00000000"), said.notes());
        }
        assertEquals(2, references, "a plan that was wrong is compared again");
    }

    @Test
    void aNumberThatIsNoneIsWrong() {
        assertThrows(DiagnosticException.class, () -> run(check(new Fixed(Float.NaN, 4), "1")));
    }

    @Test
    void aModelThatItsTypesLeaveInexactMayGiveEither() throws IOException {
        model = Heddle.model(Files.writeString(
                dir.resolve("m.heddle"), "input x: f32[2]\noutput y: f32[2] = (x / 3.0 + 1e6 - 1e6) * 3.0 + x\n"));
        assertEquals(4.06f, run(check(new Fixed(2, 4.06f), "1")).get("y").floats()[1]);
        assertThrows(DiagnosticException.class, () -> run(check(new Fixed(2, 9), "2")));
    }

    @Test
    void comparesOnceForEachDriver() {
        Program right = new Fixed(2, 4.00001f);
        Program checked = check(right, "1");
        assertEquals(4.00001f, run(checked).get("y").floats()[1]);
        run(checked);
        run(check(right, "1"));
        assertEquals(1, references);
        run(check(right, "2"));
        assertEquals(2, references);
        assertTrue(Files.isDirectory(dir.resolve("cache")));
    }

    /** TornadoVM compiles lengths in, and a kernel may be wrong for some alone. */
    @Test
    void comparesOnceForEachChoiceOfLengths() {
        Program checked = check(new Fixed(2, 4), "1");
        for (long length : new long[] {1, 2, 1, 2}) {
            run(checked, length);
        }
        assertEquals(2, references);
        assertEquals(1, loaded, "the jvm target's program is kept");
        run(check(new Fixed(2, 5), "1"), 2); // Passed before.
        assertThrows(DiagnosticException.class, () -> run(check(new Fixed(2, 5), "1"), 3));
    }
}
