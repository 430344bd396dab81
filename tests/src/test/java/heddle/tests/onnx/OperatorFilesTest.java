package heddle.tests.onnx;

import ai.onnxruntime.OrtException;
import heddle.tests.onnx.file.GeneratedFile;
import heddle.tests.onnx.file.OperatorFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Single operators for attention, for what is around it, and for whole numbers, against ONNX Runtime. */
class OperatorFilesTest {
    @TempDir
    static Path folder;

    static List<GeneratedFile> files() {
        return OperatorFiles.all();
    }

    @ParameterizedTest
    @MethodSource("files")
    void computesWhatOnnxRuntimeDoes(GeneratedFile file) throws OrtException {
        ImportedModelsTest.assertAgrees(file, folder);
    }
}
