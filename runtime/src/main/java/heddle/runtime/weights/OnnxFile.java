package heddle.runtime.weights;

import heddle.compiler.type.Stored;
import heddle.runtime.onnx.OnnxElements;
import heddle.runtime.onnx.OnnxModel;
import heddle.runtime.onnx.OnnxTensor;
import heddle.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * The initialisers of an ONNX file, and its constants under the names of the nodes' results. Elements may lie in other files of its
 * folder. Whole numbers of eight and four bits may be held for floats; their scales and zero points are tensors of the file, too, and
 * which belongs to which the model says.
 */
final class OnnxFile implements WeightFile {
    private final Path path;
    private final SequencedMap<String, OnnxTensor> tensors;
    private final SequencedMap<String, WeightEntry> entries = new LinkedHashMap<>();

    /** @throws IllegalArgumentException that says what is wrong with the file */
    OnnxFile(Path path, MemorySegment file) {
        this.path = path;
        this.tensors = OnnxModel.of(path, file).tensors();
        tensors.forEach((name, tensor) -> entries.put(name, entry(name, tensor)));
    }

    private static WeightEntry entry(String name, OnnxTensor t) {
        return new WeightEntry(
                name,
                OnnxElements.name(t.onnxType()),
                OnnxElements.dtype(t.onnxType()),
                t.shape(),
                OnnxElements.bytes(t));
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<Path> files() {
        Stream<Path> beside = tensors.values().stream().flatMap(t -> t.file().stream());
        return Stream.concat(Stream.of(path), beside).distinct().toList();
    }

    @Override
    public String format() {
        return "onnx";
    }

    @Override
    public SequencedMap<String, WeightEntry> entries() {
        return Collections.unmodifiableSequencedMap(entries);
    }

    @Override
    public Tensor read(String name) {
        OnnxTensor tensor = tensor(name);
        WeightEntry entry = entries.get(name);
        if (entry.dtype().isEmpty()) {
            throw WeightFormat.unsupported(path, entry);
        }
        WeightFormat.count(path, entry);
        try {
            return OnnxElements.read(tensor);
        } catch (IllegalArgumentException e) {
            throw corrupt(name, e);
        }
    }

    @Override
    public Optional<List<Long>> quantised(WeightEntry entry, Stored stored) {
        return OnnxElements.quantisedShape(tensors.get(entry.name()), stored);
    }

    @Override
    public Tensor read(String name, Stored stored) {
        OnnxTensor tensor = tensor(name);
        WeightEntry entry = entries.get(name);
        if (quantised(entry, stored).isEmpty()) {
            throw WeightFormat.unsupported(path, entry);
        }
        WeightFormat.count(path, entry);
        try {
            return OnnxElements.readQuantised(tensor, stored);
        } catch (IllegalArgumentException e) {
            throw corrupt(name, e);
        }
    }

    private OnnxTensor tensor(String name) {
        OnnxTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw MissingWeight.in(this, name);
        }
        return tensor;
    }

    private RuntimeException corrupt(String name, IllegalArgumentException e) {
        return WeightFormat.corrupt(path, "the tensor \"" + name + "\": " + e.getMessage());
    }
}
