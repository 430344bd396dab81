package heddle.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.Model.Declaration;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.tests.onnx.file.GeneratedFile;
import heddle.tests.onnx.file.GeneratedFiles;
import heddle.tests.pack.PackedTexts;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Encoders imported from ONNX files take texts end to end. */
class PackedImportsTest {
    private static final int VOCABULARY = 97;

    @TempDir
    static Path folder;

    /** Absolute positions by slice and by running sum, buckets, relative and rotated positions, biases, windows, eight bits. */
    static Stream<GeneratedFile> encoders() {
        List<String> families = List.of(
                "albert",
                "bert-torch-1.13",
                "bert-sdpa",
                "bert-tf2onnx",
                "bert-int8-dynamic",
                "roberta",
                "distilbert",
                "mpnet",
                "deberta",
                "modernbert",
                "t5-encoder",
                "bloom",
                "gpt2-torch",
                "clip-text-torch-1.7");
        List<GeneratedFile> found = GeneratedFiles.all().stream()
                .filter(f -> families.stream().anyMatch(f.name()::startsWith))
                .toList();
        assertTrue(found.size() >= families.size(), found::toString);
        return found.stream();
    }

    @ParameterizedTest
    @MethodSource("encoders")
    void textsGetWhatTheyGetAlone(GeneratedFile file) {
        HeddleModel model = Heddle.model(GeneratedFiles.write(file, folder));
        Declaration tokens = model.declaration().outputs().stream()
                .filter(o -> o.type().rank() == 3)
                .findFirst()
                .orElseThrow();
        HeddleModel needed = model.only(tokens.name());
        new PackedTexts(needed, needed.weights(CompileOptions.defaults()), VOCABULARY)
                .assertAlike(1, List.of(List.of(1, 31, 1, 3, 2), List.of(16, 7, 3, 15)));
    }
}
