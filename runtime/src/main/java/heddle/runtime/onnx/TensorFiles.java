package heddle.runtime.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnknownFieldSet;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.file.FileFault;
import heddle.runtime.file.MappedFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files that hold elements of an ONNX model's tensors: its own, and those beside it. Each is mapped once. A model names them
 * itself, so only files in its own folder are opened, and only bytes that they have are read.
 */
public final class TensorFiles {
    /** For tensors that bring their elements with them. */
    static final TensorFiles NONE = new TensorFiles(Path.of(""), MemorySegment.NULL);

    private final Path model;
    private final MemorySegment own;
    private final Map<Path, MemorySegment> mapped = new ConcurrentHashMap<>();

    /** @param own the bytes of the model's file */
    TensorFiles(Path model, MemorySegment own) {
        this.model = model;
        this.own = own;
    }

    /** The elements of a tensor whose raw data are in the model's file, and in no message any more. */
    Optional<MemorySegment> inModel(TensorProto tensor) {
        UnknownFieldSet.Field place = tensor.getUnknownFields().getField(TensorPlaces.FIELD);
        List<Long> numbers = place.getVarintList();
        return numbers.size() < 2
                ? Optional.empty()
                : Optional.of(own.asSlice(numbers.get(numbers.size() - 2), numbers.getLast()));
    }

    /** Where a tensor's elements lie. */
    private record Place(Path file, long offset, Optional<Long> length) {}

    /**
     * The bytes of a tensor's elements.
     *
     * @param expected how many there have to be
     * @throws DiagnosticException when they lie outside the folder, or are not there
     */
    MemorySegment bytes(TensorProto tensor, long expected) {
        Place place = place(tensor);
        if (place.length().isPresent() && place.length().get() != expected) {
            throw wrong(
                    tensor,
                    "its shape asks for " + expected + " bytes, it states "
                            + place.length().get());
        }
        MemorySegment file = mapped.computeIfAbsent(
                inside(tensor, place.file()), f -> MappedFile.map(f, Arena.ofAuto(), RuntimeCode.WEIGHT_EXTERNAL));
        if (place.offset() > file.byteSize() || expected > file.byteSize() - place.offset()) {
            throw wrong(
                    tensor,
                    "it takes " + expected + " bytes from byte " + place.offset() + " of " + place.file()
                            + ", which has " + file.byteSize());
        }
        return file.asSlice(place.offset(), expected);
    }

    /** Checks, without opening a file, that a tensor names one in the folder. @throws DiagnosticException when it does not */
    void check(TensorProto tensor) {
        place(tensor);
    }

    /** The file that a tensor names, which need not be there. @throws DiagnosticException when it lies outside the folder */
    Path file(TensorProto tensor) {
        return place(tensor).file();
    }

    private Place place(TensorProto tensor) {
        Optional<String> location = entry(tensor, "location").filter(l -> !l.isBlank());
        if (location.isEmpty()) {
            throw wrong(tensor, "it does not say in which file");
        }
        Path named;
        try {
            named = Path.of(location.get()).normalize();
        } catch (InvalidPathException e) {
            throw wrong(tensor, OnnxName.quoted(location.get()) + " is not the name of a file");
        }
        if (named.isAbsolute() || named.startsWith("..") || location.get().startsWith("/")) {
            throw outside(tensor, OnnxName.quoted(location.get()));
        }
        return new Place(
                model.toAbsolutePath().resolveSibling(named),
                natural(tensor, "offset").orElse(0L),
                natural(tensor, "length").filter(l -> l > 0));
    }

    private Optional<Long> natural(TensorProto tensor, String key) {
        Optional<String> text = entry(tensor, key);
        try {
            Optional<Long> number = text.map(Long::parseLong);
            if (number.isEmpty() || number.get() >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw wrong(tensor, "its " + key + " is " + OnnxName.quoted(text.get()) + ", not a number of bytes");
    }

    private static Optional<String> entry(TensorProto tensor, String key) {
        return tensor.getExternalDataList().stream()
                .filter(e -> e.getKey().equals(key))
                .map(StringStringEntryProto::getValue)
                .findFirst();
    }

    /** The real path of a file, if that lies in the model's folder. */
    private Path inside(TensorProto tensor, Path file) {
        if (!Files.exists(file)) {
            throw new DiagnosticException(fault(tensor, "there is no file " + file)
                    .hint("put it beside " + model + ": an ONNX model and the files of its weights belong together"));
        }
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(model.toAbsolutePath().getParent().toRealPath())) {
                throw outside(tensor, file + ", a link to " + real + ",");
            }
            return real;
        } catch (IOException e) {
            throw wrong(tensor, file + " cannot be read: " + FileFault.reason(e));
        }
    }

    private DiagnosticException outside(TensorProto tensor, String file) {
        return new DiagnosticException(fault(tensor, file + " lies outside the folder of the model")
                .note("a model may be anybody's, so it is not let read any file")
                .hint("copy the file beside the model (cp -L follows links), or save the model with"
                        + " onnx.save(model, FILE, save_as_external_data=True, location=NAME)"));
    }

    private DiagnosticException wrong(TensorProto tensor, String what) {
        return new DiagnosticException(fault(tensor, what)
                .hint("fetch the model and the files of its weights again, or save it as one file (onnx.save with"
                        + " save_as_external_data=False)"));
    }

    private Diagnostic fault(TensorProto tensor, String what) {
        return Diagnostic.of(
                        RuntimeCode.WEIGHT_EXTERNAL,
                        "the elements of " + OnnxName.quoted(tensor.getName()) + " in " + model + " cannot be read")
                .note(what);
    }
}
