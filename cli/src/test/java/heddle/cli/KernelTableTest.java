package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.report.KernelTable;
import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.emit.EqualKernels;
import heddle.runtime.Heddle;
import heddle.runtime.KernelTiming;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTableTest {
    @TempDir
    private Path dir;

    /** How many blocks a mask of data leaves is known when it runs, and the operations of all are counted. */
    @Test
    void figuresThatMayBeFewerAreMarked() {
        for (boolean isData : new boolean[] {true, false}) {
            String ok = isData ? "ok[new, :]" : "iota(N)[new, :] <= iota(N)[:, new]";
            Ran ran = Ran.command(
                    "bench",
                    model(ok),
                    "-D",
                    "N=200",
                    "--runs",
                    "1",
                    "--warm-up",
                    "0",
                    "--settle",
                    "0",
                    "--target",
                    "jvm");
            assertEquals(isData, ran.out().contains("≤: a mask that reads data"), ran.toString());
            assertEquals(isData, ran.out().matches("(?s).*softmax#1 .* ≤[0-9.]+ .*"), ran.out());
            assertEquals(isData, ran.out().matches("(?s).*a run, ≤[0-9.]+ GFLOP/s.*"), ran.out());
        }
    }

    private Path model(String mask) {
        try {
            return Files.writeString(dir.resolve("m.heddle"), """
                    dim N
                    input x: f32[N, 8]
                    input ok: bool[N]
                    output y = softmax(where(%s, x @ transpose(x), -inf)) @ x
                    """.formatted(mask));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void equalKernelsAreOneLine() {
        Compilation compilation =
                Heddle.model(Path.of("../examples/minilm.heddle")).compilation(Fusion.FUSED);
        EqualKernels equal = EqualKernels.of(compilation.plan());
        List<KernelTiming> timings = compilation.plan().launches().stream()
                .map(k -> new KernelTiming(k.name(), k.family(), 0, 1_000_000, 2_000_000, 10))
                .toList();
        StringWriter out = new StringWriter();
        KernelTable.print(timings, equal, Set.of(), new PrintWriter(out));
        List<String> attention = out.toString()
                .lines()
                .filter(line -> line.contains("softmax#1 "))
                .toList();
        assertEquals(1, attention.size(), out.toString());
        assertTrue(
                attention
                        .getFirst()
                        .matches("layer\\.\\*/self_attention/attention:softmax#1 +6  attention +6\\.000 .*"),
                attention.getFirst());
    }
}
