package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoSettings;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.schedule.Plan;
import heddle.runtime.Heddle;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import heddle.runtime.weights.WeightFile;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The main method of a generated file, on the double. */
class StandaloneMainTest {
    @TempDir
    Path dir;

    private Path outputs;

    @BeforeEach
    void places() {
        outputs = dir.resolve("outputs.safetensors");
    }

    @Test
    void writesWhatTheModelGives() throws Exception {
        run(3, "N=3");
        assertArrayEquals(
                new float[] {2, 4, 6}, WeightFile.open(outputs).read("y").floats());
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(3, files.count(), "nothing else is left");
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void outputsMayBeReadByWhoeverMayReadOtherFiles() throws Exception {
        run(3, "N=3");
        Path other = Files.createFile(dir.resolve("other"));
        assertEquals(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(other)),
                PosixFilePermissions.toString(Files.getPosixFilePermissions(outputs)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void elementsBeginAtAMultipleOfEightBytes(int length) throws Exception {
        run(length, "N=" + length);
        WeightFile written = WeightFile.open(outputs);
        assertEquals(Set.of("y", "c"), written.entries().keySet());
        assertEquals(length, written.read("y").size());
        assertEquals(2, written.read("c").size());
        long header = ByteBuffer.wrap(Files.readAllBytes(outputs))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong(0);
        assertEquals(0, header % 8);
    }

    /** TornadoVM reads them when it starts, which is when the class makes its first array. */
    @Test
    void setsWhatTornadoVmReadsWhenItStarts() throws Exception {
        TornadoSettings.required().keySet().forEach(System::clearProperty);
        run(3, "N=3");
        TornadoSettings.required().forEach((name, value) -> assertEquals(value, System.getProperty(name), name));
        System.setProperty("tornado.enable.nativeFunctions", "True");
        run(3, "N=3");
        assertEquals("True", System.getProperty("tornado.enable.nativeFunctions"), "what was asked for stays");
        TornadoSettings.required().keySet().forEach(System::clearProperty);
    }

    @ParameterizedTest
    @CsvSource({
        "3, '', usage: Alone inputs.safetensors outputs.safetensors N=…",
        "3, M=3, usage: Alone inputs.safetensors outputs.safetensors N=…",
        "3, N, the length N is missing",
        "3, N=-1, the length N is -1",
        "3, N=4, 'the input x has 12 bytes, not 16'",
        "0, N=4, 'the input x has 0 bytes, not 16'",
        "3, N=0, 'the input x has 12 bytes, not 0'"
    })
    void saysWhatIsWrong(int given, String length, String message) {
        Throwable wrong = assertThrows(
                        InvocationTargetException.class,
                        () -> run(given, length.isEmpty() ? new String[0] : new String[] {length}))
                .getCause();
        assertInstanceOf(IllegalArgumentException.class, wrong);
        assertEquals(message, wrong.getMessage());
        assertFalse(Files.exists(outputs));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input x: f32[N]\noutput y = x",
                "input x: f32[N]\noutput y = x\noutput z = x",
                "input x: f32[N]\noutput y = dropout(x, 0.1)",
                "output y = tensor([1.0, 2.0, 3.0])",
            })
    void aModelWithoutAKernelRuns(String body) throws Exception {
        TornadoSource source = source("model Alone\ndim N\n" + body + "\n");
        Path inputs = dir.resolve("inputs.safetensors");
        Safetensors.write(new LinkedHashMap<>(Map.of("x", Tensor.of(new float[] {1, 2, 3}, 3))), inputs);
        String[] arguments = body.startsWith("input")
                ? new String[] {inputs.toString(), outputs.toString(), "N=3"}
                : new String[] {outputs.toString()};
        TornadoDouble.load(source.className(), source.text())
                .program()
                .getMethod("main", String[].class)
                .invoke(null, (Object) arguments);
        assertArrayEquals(
                new float[] {1, 2, 3}, WeightFile.open(outputs).read("y").floats());
    }

    /** Names that a file has for something else, as names of the model and its parts. */
    @ParameterizedTest
    @ValueSource(strings = {"Tensor", "Map", "Path", "TaskGraph", "System", "Alone"})
    void anyNamesMayStandInAModel(String name) throws Exception {
        TornadoSource source = source("model " + name + """

                dim context, plan, thread, row, zero, group, element, column, partial, leftTile
                input started: f32[context, plan, thread]
                input grid: f32[row, 4]
                input args: f32[group, element]
                input weights: f32[zero, partial, leftTile]
                output run = started * 2.0
                output outputs = softmax(grid @ transpose(grid)) @ grid
                output main = sum(args, axis = 1)
                output close = weights @ transpose(weights)
                """);
        TornadoDouble.load(source.className(), source.text());
        assertEquals(name.equals("Alone") ? name : "_" + name, source.className());
    }

    /** Runs the model that doubles its input and has a constant, on numbers from one. */
    private void run(int given, String... lengths) throws Exception {
        TornadoSource source =
                source("model Alone\ndim N\ninput x: f32[N]\noutput y = x * 2.0\noutput c = tensor([1.0, 2.0])\n");
        float[] elements = new float[given];
        for (int i = 0; i < given; i++) {
            elements[i] = i + 1;
        }
        Path inputs = dir.resolve("inputs.safetensors");
        Safetensors.write(new LinkedHashMap<>(Map.of("x", Tensor.of(elements, given))), inputs);
        Stream<String> arguments = Stream.concat(Stream.of(inputs.toString(), outputs.toString()), Stream.of(lengths));
        TornadoDouble.load(source.className(), source.text())
                .program()
                .getMethod("main", String[].class)
                .invoke(null, (Object) arguments.toArray(String[]::new));
    }

    private TornadoSource source(String text) throws IOException {
        Path model = Files.writeString(dir.resolve("m.heddle"), text);
        Plan plan = Heddle.model(model)
                .compilation(Fusion.FUSED, new DevicePolicy(TornadoTarget.GPU))
                .plan();
        return new TornadoWriter(TornadoTarget.GPU).write(plan);
    }
}
