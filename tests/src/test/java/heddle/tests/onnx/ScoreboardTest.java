package heddle.tests.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtException;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.report.FusionReport;
import heddle.runtime.Heddle;
import heddle.tests.GoldenFile;
import heddle.tests.onnx.file.GeneratedFile;
import heddle.tests.onnx.file.GeneratedFiles;
import heddle.tests.onnx.file.OnnxRuntimeSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who fuses more: the page of the documentation that counts attentions, by Heddle and by ONNX Runtime's own optimiser. */
class ScoreboardTest {
    private static final Path PAGE = Path.of("..", "docs", "onnx-scoreboard.md");
    private static final String MINILM = "all-minilm-l6-v2";

    @TempDir
    Path folder;

    @Test
    void isUpToDate() throws IOException, OrtException {
        Board board = new Board();
        Path minilm = folder.resolve(MINILM + ".onnx");
        try (InputStream in = ScoreboardTest.class.getResourceAsStream("/" + MINILM + ".onnx")) {
            Files.copy(in, minilm);
        }
        board.add(MINILM, minilm, 6);
        for (GeneratedFile file : GeneratedFiles.all()) {
            board.add(file.name(), GeneratedFiles.write(file, folder), file.fused() + file.declined());
        }
        GoldenFile.check(PAGE, board.page());
    }

    private final class Board {
        private final StringBuilder rows = new StringBuilder();
        private int all;
        private int fused;
        private int optimised;

        void add(String name, Path file, int attentions) throws IOException, OrtException {
            ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
            FusionReport report = Heddle.model(file).compilation(Fusion.FUSED).report();
            Path saved = folder.resolve("optimised.onnx");
            OnnxRuntimeSession.optimise(file, saved);
            int theirs = attentionNodes(ModelProto.parseFrom(Files.readAllBytes(saved)));
            all += attentions;
            fused += report.fused().size();
            optimised += theirs;
            rows.append("| `%s` | %d | %d | %d | %d |\n"
                    .formatted(
                            name,
                            model.getGraph().getNodeCount(),
                            attentions,
                            report.fused().size(),
                            theirs));
        }

        private static int attentionNodes(ModelProto model) {
            int count = 0;
            for (NodeProto node : model.getGraph().getNodeList()) {
                count += node.getOpType().endsWith("Attention") ? 1 : 0;
            }
            return count;
        }

        String page() {
            return """
                    # Attentions fused: Heddle and ONNX Runtime

                    For each file: its nodes, the attentions in it, how many of them Heddle fuses, and how many attention nodes
                    (`Attention`, `MultiHeadAttention`, `GroupQueryAttention` and the like) are in the model that the optimiser
                    of ONNX Runtime saves with all optimisations on, for the CPU. The offline tool of ONNX Runtime's Python
                    package knows more patterns than that optimiser; it is not counted here. Files that already hold attention
                    nodes, or that an optimiser wrote, have `ort`, `opset-23` or `attention` in their names.

                    `all-minilm-l6-v2` is the published file. A generator of the tests writes the others with weights from a
                    seed, in the structure that the exporter in the name gives: `tests/src/test/java/heddle/tests/onnx`.

                    This page is written by
                    `mvn -pl tests -am test -Dtest=ScoreboardTest -Dheddle.update=true -Dsurefire.failIfNoSpecifiedTests=false`;
                    without `-Dheddle.update` the test fails where it is out of date.

                    | File | Nodes | Attentions | Heddle | ONNX Runtime |
                    |---|---:|---:|---:|---:|
                    """ + rows + "| all | | %d | %d | %d |\n".formatted(all, fused, optimised);
        }
    }
}
