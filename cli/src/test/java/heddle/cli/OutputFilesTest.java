package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.file.FileFault;
import heddle.runtime.tensor.Npy;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of files that cannot be written, or that stand for two things, are told before anything runs. */
class OutputFilesTest {
    @TempDir
    Path dir;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = Files.writeString(
                dir.resolve("m.heddle"), "dim N\ninput x: f32[N]\noutput r = x + 1.0\noutput i = x * 2.0\n");
    }

    private Ran run(Object... options) {
        List<Object> words = new ArrayList<>(List.of("run", model, "-D", "N=3", "--input", "x=random"));
        words.addAll(List.of(options));
        return Ran.command(words.toArray());
    }

    /** Fails when a command that failed left a file. */
    private void requireNothingWritten() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(List.of(model), files.toList());
        }
    }

    @Test
    void oneFileIsNotWrittenTwice() throws IOException {
        Ran outputs = run("--output", "r=" + dir.resolve("w.npy"), "--output", "i=" + dir.resolve("./w.npy"));
        assertEquals(ExitCode.USAGE, outputs.code(), outputs.toString());
        assertTrue(outputs.err().contains("twice"), outputs.err());
        Ran trace = run("--output", "r=" + dir.resolve("w.npy"), "--trace", dir.resolve("w.npy"));
        assertEquals(ExitCode.USAGE, trace.code(), trace.toString());
        assertTrue(trace.err().contains("--output and --trace both write"), trace.err());
        requireNothingWritten();
    }

    @Test
    void whatIsReadIsNotReplaced() throws IOException {
        Path weighted = Files.writeString(
                dir.resolve("w.heddle"), "input x: f32[2, 4]\noutput y = x @ weight \"w\" : f32[4, 4]\n");
        Files.writeString(dir.resolve("w.properties"), "weights = w.safetensors\n");
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("w", Tensor.zeros(DType.F32, 4, 4));
        Path weights = dir.resolve("w.safetensors");
        Safetensors.write(tensors, weights);
        Path given = dir.resolve("x.npy");
        Npy.write(Tensor.zeros(DType.F32, 2, 4), given);
        Path linked = Files.createLink(dir.resolve("linked.npy"), given);
        Path named = Files.createSymbolicLink(dir.resolve("named.html"), weighted);
        Path data = Files.createDirectories(dir.resolve("data"));
        Path moved = Files.copy(weights, data.resolve("weights.safetensors"));
        Path reports = Files.writeString(dir.resolve("r.json"), "{}");
        Map<Path, byte[]> before = contents();
        List<Object> run = List.of("run", weighted, "--input", "x=" + given);
        for (List<Object> more : List.<List<Object>>of(
                List.of("--output", given),
                List.of("--output", linked),
                List.of("--output", dir.resolve("data/../x.npy")),
                List.of("--output", weights),
                List.of("--weights", moved, "--output", moved),
                List.of("--trace", weighted),
                List.of("--trace", dir.resolve("w.properties")),
                List.of("--report", named))) {
            List<Object> words = new ArrayList<>(run);
            words.addAll(more);
            assertReplaces(Ran.command(words.toArray()));
        }
        assertReplaces(Ran.command("inspect", weighted, "-o", weighted));
        assertReplaces(Ran.command("diff", reports, reports, "-o", reports));
        assertReplaces(
                Ran.command("compile", weighted, "--weights", moved, "--input", "x=random", "--data", "-o", data));
        Map<Path, byte[]> after = contents();
        assertEquals(before.keySet(), after.keySet());
        before.forEach((file, bytes) -> assertArrayEquals(bytes, after.get(file), file.toString()));
    }

    private static void assertReplaces(Ran ran) {
        assertEquals(ExitCode.USAGE, ran.code(), ran.toString());
        assertTrue(ran.err().contains(" would replace "), ran.err());
    }

    private Map<Path, byte[]> contents() throws IOException {
        Map<Path, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, Files.readAllBytes(file));
            }
        }
        return contents;
    }

    @Test
    void whatCannotBeWrittenIsToldBeforeTheRun() throws IOException {
        Path missing = dir.resolve("none");
        for (Ran ran : List.of(
                run("--output", "r=" + dir.resolve("w.npy"), "--output", "i=" + missing.resolve("z.npy")),
                run("--output", "r=" + dir.resolve("w.npy"), "--trace", missing.resolve("t")),
                Ran.command("inspect", model, "-o", missing.resolve("g.svg")),
                Ran.command("attend", model, "--text", "a", "--token", "a", "-o", missing.resolve("a.html")))) {
            assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
            assertTrue(ran.err().contains("H0812") && ran.err().contains("hint"), ran.err());
            assertTrue(ran.err().contains("the directory " + missing + " does not exist"), ran.err());
            assertFalse(ran.err().contains("Exception") || ran.err().contains(".tmp"), ran.err());
            requireNothingWritten();
        }
    }

    @Test
    void aDirectoryIsNoFileAndAFileNoDirectory() throws IOException {
        for (Ran ran : List.of(run("--trace", dir), Ran.command("inspect", model, "-o", dir))) {
            assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
            assertTrue(ran.err().contains(dir + " cannot be written: it is a directory"), ran.err());
        }
        Ran compile = Ran.command("compile", model, "-o", model);
        assertEquals(ExitCode.WRONG_INPUT, compile.code());
        assertTrue(compile.err().contains("it is a file, not a directory"), compile.err());
        Ran below = Ran.command("compile", model, "-o", model.resolve("out"));
        assertTrue(below.err().contains(model + " is a file, not a directory"), below.err());
        requireNothingWritten();
    }

    @Test
    void compileWritesNothingWhenWeightsAreMissing() throws IOException {
        Path weighted = Files.writeString(
                dir.resolve("m.heddle"), "input x: f32[2, 4]\noutput y = x @ weight \"w\" : f32[4, 4]\n");
        Ran ran = Ran.command("compile", weighted, "--data", "-o", dir.resolve("out"));
        assertEquals(ExitCode.WRONG_INPUT, ran.code());
        assertTrue(ran.err().contains("H0710"), ran.err());
        requireNothingWritten();
    }

    @Test
    void aFormatTakesOneOutputOrAll() throws IOException {
        Ran all = run("--output", "r=" + dir.resolve("a.safetensors"));
        assertEquals(ExitCode.USAGE, all.code(), all.toString());
        assertTrue(all.err().contains("takes all, so leave out r="), all.err());
        Ran one = run("--output", dir.resolve("a.npy"));
        assertEquals(ExitCode.USAGE, one.code(), one.toString());
        assertTrue(one.err().contains("one of r=, i=; a file that ends in .safetensors takes all"), one.err());
        requireNothingWritten();
        assertEquals(ExitCode.DONE, run("--output", "r=" + dir.resolve("A.NPY")).code());
        assertEquals(3, Npy.read(dir.resolve("A.NPY")).size());
    }

    @Test
    void emptyNamesAreTold() {
        for (Ran ran : List.of(
                run("--trace="),
                run("--output="),
                run("--weights="),
                run("--tokenizer="),
                run("--device="),
                Ran.command("run", model, "--input", "x="),
                Ran.command("run", ""),
                Ran.command("weights", ""),
                Ran.command("fmt", ""),
                Ran.command("check", ""),
                Ran.command("inspect", model, "-o", ""),
                Ran.command("compile", model, "-o", ""))) {
            assertEquals(ExitCode.USAGE, ran.code(), ran.toString());
            assertTrue(ran.err().contains("the name is empty"), ran.err());
        }
    }

    @Test
    void directoriesAreNoModels() throws IOException {
        for (String command : List.of("check", "run", "fmt")) {
            Ran ran = Ran.command(command, dir);
            assertEquals(ExitCode.WRONG_INPUT, ran.code(), ran.toString());
            assertTrue(ran.err().contains(dir + " is a directory; a model file is needed"), ran.err());
        }
        Ran without = Ran.command("check", dir.resolve("m"));
        assertTrue(without.err().contains("did you mean " + model + "?"), without.err());
    }

    @Test
    void filesThatAreNotUsedAreSaid() {
        Ran ran = run("--weights=none.onnx", "--tokenizer=none", "--device=0:0", "--target=jvm");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        assertEquals(
                3, ran.err().lines().filter(l -> l.startsWith("warning: --")).count(), ran.err());
    }

    @Test
    void textsNeedAnInputForTokensFirst() throws IOException {
        for (Ran ran : List.of(run("--text", "hi"), Ran.command("attend", model, "--text", "hi", "--token", "hi"))) {
            assertEquals(ExitCode.WRONG_INPUT, ran.code());
            assertTrue(ran.err().contains("H0810"), ran.err());
        }
        Path tokens =
                Files.writeString(dir.resolve("t.heddle"), "dim B, N\ninput ids: i64[B, N]\noutput y = ids + 1\n");
        assertTrue(Ran.command("run", tokens, "--text", "hi").err().contains("H0808"));
    }

    /** A directory that takes no file, whoever asks, is found before anything is computed. */
    @Test
    void aDirectoryThatTakesNoFileIsFoundAtOnce() {
        Path file = Path.of("/proc/heddle.npy");
        Assumptions.assumeTrue(Files.isDirectory(file.getParent()));
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> FileFault.requireWritable(file));
        assertEquals(RuntimeCode.FILE_UNWRITABLE, e.diagnostics().getFirst().code());
        String said = e.diagnostics().getFirst().message();
        assertFalse(said.contains("does not exist"), said);
    }
}
