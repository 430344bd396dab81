package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.report.KernelTable;
import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.emit.EqualKernels;
import heddle.runtime.Heddle;
import heddle.runtime.KernelTiming;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelTableTest {
    @Test
    void equalKernelsAreOneLine() {
        Compilation compilation =
                Heddle.model(Path.of("../examples/minilm.heddle")).compilation(Fusion.FUSED);
        EqualKernels equal = EqualKernels.of(compilation.plan());
        List<KernelTiming> timings = compilation.plan().launches().stream()
                .map(k -> new KernelTiming(k.name(), k.family(), 0, 1_000_000, 2_000_000, 10))
                .toList();
        StringWriter out = new StringWriter();
        KernelTable.print(timings, equal, new PrintWriter(out));
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
