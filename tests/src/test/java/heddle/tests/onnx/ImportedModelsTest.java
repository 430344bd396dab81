package heddle.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import ai.onnxruntime.OrtException;
import heddle.compiler.report.FusionReport;
import heddle.runtime.tensor.Tensor;
import heddle.tests.onnx.file.GeneratedFile;
import heddle.tests.onnx.file.GeneratedFiles;
import heddle.tests.onnx.file.OnnxRuntimeSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX files as exporters write them, imported, compiled and run, against ONNX Runtime on the same file. */
class ImportedModelsTest {
    @TempDir
    static Path folder;

    static List<GeneratedFile> files() {
        return GeneratedFiles.all();
    }

    @Test
    void thereAreEnough() {
        assertTrue(files().size() >= 40, files().size() + " files");
        assertEquals(
                files().size(),
                files().stream().map(GeneratedFile::name).distinct().count());
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("files")
    void computesWhatOnnxRuntimeDoes(GeneratedFile file) throws OrtException {
        assertAgrees(file, folder);
    }

    /** Imports a file, and compares all results at all sizes. */
    static void assertAgrees(GeneratedFile file, Path folder) throws OrtException {
        Path path = GeneratedFiles.write(file, folder);
        ImportedModel model = ImportedModel.of(path);
        assertReport(file, model.report());
        assumeTrue(
                !file.multipliesSignedBytes() || hasProductsOfBytes(),
                "ONNX Runtime's sums of products of bytes saturate at 16 bits on a processor without VNNI");
        try (OnnxRuntimeSession session = file.session(path)) {
            for (Map<String, Integer> sizes : GeneratedFile.sizes()) {
                Map<String, Tensor> inputs = file.draw(sizes, 11);
                Map<String, Tensor> results = model.run(inputs);
                session.run(inputs).forEach((name, expected) -> {
                    double apart = Difference.relative(results.get(name), expected);
                    assertTrue(apart <= file.tolerance(), () -> name + " differs by " + apart + " for " + sizes);
                });
            }
        }
    }

    private static boolean hasProductsOfBytes() {
        try {
            Path processors = Path.of("/proc/cpuinfo");
            boolean isX86 = List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
            return !isX86
                    || !Files.exists(processors)
                    || Files.readString(processors).contains("vnni");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertReport(GeneratedFile file, FusionReport report) {
        assertEquals(file.fused(), report.fused().size(), () -> report.summary() + ", " + report.declined());
        assertEquals(
                file.declined(),
                report.declined().size(),
                () -> report.declined().toString());
        for (FusionReport.Declined declined : report.declined()) {
            assertFalse(declined.reason().isBlank(), declined.normaliser()::toString);
        }
    }
}
