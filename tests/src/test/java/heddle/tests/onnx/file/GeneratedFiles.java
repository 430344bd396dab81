package heddle.tests.onnx.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** All ONNX files that are written here. */
public final class GeneratedFiles {
    private GeneratedFiles() {}

    public static List<GeneratedFile> all() {
        return Stream.of(
                        BertFiles.all(),
                        GptFiles.all(),
                        T5Files.all(),
                        SpeechFiles.all(),
                        VisionFiles.all(),
                        SwinFiles.all(),
                        LlamaFiles.all(),
                        NewerFiles.all(),
                        RuntimeFiles.all(),
                        QuantisedFiles.all(),
                        FunctionFiles.all())
                .flatMap(List::stream)
                .toList();
    }

    /** @return where it lies */
    public static Path write(GeneratedFile file, Path folder) {
        Path path = folder.resolve(file.name() + ".onnx");
        try {
            return Files.write(path, file.model().toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
