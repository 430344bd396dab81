package heddle.bench;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import heddle.runtime.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A program in TorchScript, which libtorch runs and differentiates. */
public final class TorchScript implements AutoCloseable {
    private static final String ENGINE = "PyTorch";

    private final NDManager memory;
    private final Model model;

    private TorchScript(List<String> inputs, String body) {
        Engine engine = Engine.getEngine(ENGINE);
        memory = engine.newBaseManager();
        model = engine.newModel("script", memory.getDevice());
        try {
            model.load(new ByteArrayInputStream(archive(inputs, body)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedModelException e) {
            throw new IllegalArgumentException(body, e);
        }
    }

    /** Why libtorch cannot be had here; empty where it can. */
    public static Optional<String> absence() {
        String platform = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        return platform.equals("Linux on amd64")
                ? Optional.empty()
                : Optional.of("this build takes libtorch for Linux on amd64 alone; this is " + platform);
    }

    /** Says where the library is unpacked, about 430 MB; it is left there for the next time. Comes before the first program. */
    public static void unpackTo(Path directory) {
        System.setProperty("DJL_CACHE_DIR", directory.toAbsolutePath().toString());
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
    }

    /** How many threads work on an operation. */
    static void threads(int count) {
        Engine.getEngine(ENGINE); // Loads the library.
        JniUtils.setNumThreads(count);
    }

    /**
     * A program that gives {@code o}.
     *
     * @param inputs      their names
     * @param mathematics assignments, one a line, that give the tensor {@code o}
     */
    public static TorchScript forward(List<String> inputs, String mathematics) {
        return new TorchScript(inputs, mathematics + "\nreturn [o]");
    }

    /**
     * A program that gives {@code o}, then the gradients of {@code sum(o · dy)}.
     *
     * @param inputs      their names; {@code dy} is one
     * @param by          those that gradients are taken by
     * @param mathematics assignments, one a line, that give the tensor {@code o}
     */
    public static TorchScript differentiated(List<String> inputs, List<String> by, String mathematics) {
        String leaves = by.stream()
                .map(x -> x + " = " + x + ".detach().requires_grad_(True)\n")
                .collect(Collectors.joining());
        String gradients = "\ngradients = torch.grad([o], [" + String.join(", ", by)
                + "], annotate(List[Optional[Tensor]], [dy]))"
                + "\nreturn [o.detach()] + [unchecked_cast(Tensor, g) for g in gradients]";
        return new TorchScript(inputs, leaves + mathematics + gradients);
    }

    /** The program with inputs of f32, which libtorch copies once, in the order of the names. */
    public Call on(List<Tensor> inputs) {
        return new Call(new NDList(inputs.stream()
                .map(t -> memory.create(t.floats(), new Shape(t.shape())))
                .toList()));
    }

    @Override
    public void close() {
        model.close();
        memory.close();
    }

    /** A program and its inputs. */
    public final class Call {
        private final NDList inputs;

        private Call(NDList inputs) {
            this.inputs = inputs;
        }

        /** Computes the results, which are dropped. */
        void run() {
            compute().close();
        }

        /** The elements of the results. */
        public List<float[]> results() {
            try (NDList results = compute()) {
                return results.stream().map(NDArray::toFloatArray).toList();
            }
        }

        // Only a collector of gradients, and training, let libtorch note what it needs for them.
        private NDList compute() {
            try (GradientCollector recording = Engine.getEngine(ENGINE).newGradientCollector()) {
                return model.getBlock().forward(new ParameterStore(memory, false), inputs, true);
            }
        }
    }

    /** An archive as {@code torch.jit.save} writes one: code, and a pickled object without attributes. */
    private static byte[] archive(List<String> inputs, String body) throws IOException {
        String code = "class M(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
                + "  def forward(self: __torch__.M, "
                + inputs.stream().map(x -> x + ": Tensor").collect(Collectors.joining(", "))
                + ") -> List[Tensor]:\n"
                + body.indent(4);
        // Protocol 2; __torch__.M; made from nothing; {"training": false}; its state; the end.
        String object = "\u0080\u0002" + "c__torch__\nM\n" + ")\u0081" + "}X\u0008\0\0\0training\u0089s" + "b.";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", object);
            store(zip, "code/__torch__.py", code);
            store(zip, "constants.pkl", "\u0080\u0002).");
            store(zip, "version", "10\n");
        }
        return bytes.toByteArray();
    }

    /** Adds an entry that is not compressed: libtorch maps archives. */
    private static void store(ZipOutputStream zip, String name, String text) throws IOException {
        byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 sum = new CRC32();
        sum.update(content);
        ZipEntry entry = new ZipEntry("script/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
    }
}
