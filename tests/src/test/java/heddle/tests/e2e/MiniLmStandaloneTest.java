package heddle.tests.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.ExitCode;
import heddle.cli.Main;
import heddle.compiler.backend.tornado.host.TornadoSettings;
import heddle.runtime.CompileOptions;
import heddle.runtime.tensor.Npy;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.TornadoSdk;
import heddle.runtime.weights.WeightFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code heddle compile --target tornado} writes for MiniLM, compiled with nothing but tornado-api and run on a real
 * device without Heddle, against ONNX Runtime. Runs where {@code HEDDLE_TEST_DEVICE=true} asks for it.
 */
@EnabledIfEnvironmentVariable(named = "HEDDLE_TEST_DEVICE", matches = "true")
class MiniLmStandaloneTest {
    private static final long MINUTES = 10;

    @TempDir
    Path dir;

    @Test
    void vectorsAreThoseOfOnnxRuntime() throws Exception {
        TornadoSdk sdk = TornadoSdk.find();
        CompileOptions options = MiniLm.options(dir);
        Map<String, Tensor> inputs = MiniLm.inputs(2, 128, 5);
        compile(options, inputs);
        assertTrue(Files.readString(dir.resolve("plan.json")).contains("\"localBytes\""), "plan.json");

        run("javac", "-g", "-cp", sdk.api().toString(), "MiniLM.java");
        List<String> command = new ArrayList<>(List.of("@" + sdk.home().resolve("tornado-argfile")));
        command.addAll(List.of(TornadoSettings.options().split(" ")));
        command.addAll(List.of("-cp", dir.toString(), "MiniLM"));
        command.addAll(List.of("weights.safetensors", "inputs.safetensors", "outputs.safetensors", "B=2"));
        run("java", command.toArray(String[]::new));

        Tensor vectors = WeightFile.open(dir.resolve("outputs.safetensors")).read("embedding");
        try (OnnxRuntimeModel onnx =
                new OnnxRuntimeModel(Path.of(options.weights().orElseThrow()))) {
            assertArrayEquals(onnx.embedding(inputs).floats(), vectors.floats(), 1e-4f);
        }
    }

    private void compile(CompileOptions options, Map<String, Tensor> inputs) {
        inputs.forEach((name, t) -> Npy.write(t, dir.resolve(name + ".npy")));
        StringWriter err = new StringWriter();
        int code = Main.run(
                new String[] {
                    "compile",
                    MiniLm.model().source().name(),
                    "-D",
                    "N=128",
                    "--target",
                    "tornado",
                    "-o",
                    dir.toString(),
                    "--data",
                    "--weights",
                    options.weights().orElseThrow(),
                    "--input",
                    "input_ids=" + dir.resolve("input_ids.npy"),
                    "--input",
                    "attention_mask=" + dir.resolve("attention_mask.npy")
                },
                InputStream.nullInputStream(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err));
        assertEquals(ExitCode.DONE, code, err.toString());
    }

    /** Runs a tool of this JDK in the directory. */
    private void run(String tool, String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = Path.of(System.getProperty("java.home"), "bin", tool).toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Path output = dir.resolve(tool + ".txt");
        Process process = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), tool + " takes more than " + MINUTES + " minutes");
            assertEquals(0, process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly();
        }
    }
}
