package heddle.runtime.weights;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.file.MappedFile;
import heddle.runtime.tensor.ElementCount;
import heddle.runtime.tensor.Npy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Locale;

/** Decides which reader a weight file needs. */
final class WeightFormat {
    private WeightFormat() {}

    static WeightFile open(Path file) {
        MemorySegment bytes = MappedFile.map(file, Arena.ofAuto(), RuntimeCode.WEIGHT_FILE_UNREADABLE);
        try {
            return reader(file, bytes);
        } catch (IllegalArgumentException e) {
            throw corrupt(file, e.getMessage());
        }
    }

    private static WeightFile reader(Path file, MemorySegment bytes) {
        String extension = extension(file);
        if (extension.equals("safetensors") || (!extension.equals("onnx") && isSafetensors(bytes))) {
            return new SafetensorsFile(file, bytes);
        }
        if (extension.equals("onnx") || isOnnx(bytes)) {
            return new OnnxFile(file, bytes);
        }
        throw unknown(file, bytes);
    }

    private static String extension(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /** A length of eight bytes and an opening brace. */
    private static boolean isSafetensors(MemorySegment bytes) {
        return bytes.byteSize() > 8
                && bytes.get(ValueLayout.JAVA_BYTE, 8) == '{'
                && bytes.get(ValueLayout.JAVA_BYTE, 7) == 0;
    }

    /** Field 1 of the model, {@code ir_version}, as a small number, then a string field: the producer. */
    private static boolean isOnnx(MemorySegment bytes) {
        return bytes.byteSize() > 3
                && bytes.get(ValueLayout.JAVA_BYTE, 0) == 0x08
                && bytes.get(ValueLayout.JAVA_BYTE, 2) == 0x12;
    }

    private static DiagnosticException unknown(Path file, MemorySegment bytes) {
        Diagnostic d = Diagnostic.of(
                        RuntimeCode.WEIGHT_FORMAT_UNKNOWN, file + " is not a weight file that Heddle reads")
                .note("Heddle reads .safetensors files and the tensors of .onnx files");
        if (Npy.isNpy(bytes)) {
            d = d.hint("an .npy file holds one tensor without a name; give it with --input NAME=" + file);
        } else if (bytes.byteSize() > 2
                && bytes.get(ValueLayout.JAVA_BYTE, 0) == 'P'
                && bytes.get(ValueLayout.JAVA_BYTE, 1) == 'K') {
            d = d.hint("this looks like a PyTorch or zip file; save it as safetensors (safetensors.torch.save_file)");
        }
        return new DiagnosticException(d);
    }

    static DiagnosticException corrupt(Path file, String what) {
        return new DiagnosticException(
                Diagnostic.of(RuntimeCode.WEIGHT_FILE_CORRUPT, "the weight file " + file + " is damaged")
                        .note(what)
                        .hint("fetch the file again, and compare its size with the original's"));
    }

    /** The number of elements, when a Java array can hold them. */
    static int count(Path file, WeightEntry entry) {
        try {
            return ElementCount.of(entry.shape());
        } catch (IllegalArgumentException e) {
            throw new DiagnosticException(Diagnostic.of(
                            RuntimeCode.TENSOR_TOO_LARGE,
                            "the weight \"" + entry.name() + "\" in " + file + " is too large")
                    .note(e.getMessage()));
        }
    }

    static DiagnosticException unsupported(Path file, WeightEntry entry) {
        return new DiagnosticException(Diagnostic.of(
                        RuntimeCode.WEIGHT_ENCODING,
                        "the weight \"" + entry.name() + "\" in " + file + " has elements of type " + entry.encoding())
                .note(
                        "Heddle reads f32, f64, f16, bf16, i32, i64 and bool, whole numbers of ONNX files, and I8 and U8 of"
                                + " safetensors files as weights that are declared `as i8` and `as i4`")
                .hint("declare it as what it is, such as `f32[...] as i8 per column`, or convert the file"));
    }
}
