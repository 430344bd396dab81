package heddle.runtime.tornado;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.file.FileTree;
import heddle.runtime.tensor.StoredArray;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.Message.Close;
import heddle.runtime.tornado.Message.Open;
import heddle.runtime.tornado.Message.Reply;
import heddle.runtime.tornado.Message.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A plan for one choice of lengths, in a JVM that has its weights, with the files for inputs and outputs. */
final class ProgramInstance {
    /** A file and the memory it is. */
    private record Shared(Path file, MemorySegment memory) {}

    /** No two instances of this process have one number, whatever JVM they are in. */
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Plan plan;
    private final ProgramJvm jvm;
    private final Map<String, Long> lengths;
    private final Duration limit;
    private final int program;
    private final Path directory;
    private final Map<String, Shared> inputs = new LinkedHashMap<>();
    private final Map<String, Shared> outputs = new LinkedHashMap<>();

    private ProgramInstance(Plan plan, ProgramJvm jvm, Map<String, Long> lengths, Duration limit) {
        this.plan = plan;
        this.jvm = jvm;
        this.lengths = lengths;
        this.limit = limit;
        this.program = NUMBERS.incrementAndGet();
        this.directory = jvm.directory().resolve("program-" + program);
        try {
            Files.createDirectory(directory);
        } catch (IOException e) {
            throw AtomicFile.unwritable(directory, e);
        }
    }

    /**
     * Sends the weights.
     *
     * @param className of a class that the JVM has been given
     */
    static ProgramInstance open(
            Plan plan,
            String className,
            ProgramJvm jvm,
            Map<String, Tensor> weights,
            Map<String, Long> lengths,
            Duration limit)
            throws WorkerFailure {
        ProgramInstance instance = new ProgramInstance(plan, jvm, lengths, limit);
        try {
            instance.send(className, weights);
        } catch (WorkerFailure | DiagnosticException e) {
            FileTree.delete(instance.directory);
            throw e;
        }
        return instance;
    }

    private void send(String className, Map<String, Tensor> weights) throws WorkerFailure {
        Map<String, Shared> sent = share("weight", plan.weights());
        plan.weights()
                .forEach((name, buffer) -> Elements.write(
                        StoredArray.of(weights.get(name), buffer.stored()),
                        sent.get(name).memory()));
        jvm.request(new Open(program, className, lengths, files(sent)), limit, reply -> {});
        try {
            for (Shared shared : sent.values()) {
                Files.delete(shared.file()); // The class has copied them.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        inputs.putAll(share("input", plan.inputs()));
        outputs.putAll(share("output", plan.outputs()));
    }

    /** A file for each tensor, of its size. */
    private Map<String, Shared> share(String kind, Map<String, Buffer> tensors) {
        Map<String, Shared> shared = new LinkedHashMap<>();
        tensors.forEach((name, buffer) -> {
            long elements = buffer.type().shape().size().evaluate(lengths);
            long bytes = buffer.stored().bytes(elements);
            Path file = directory.resolve(kind + "-" + shared.size());
            try {
                shared.put(name, new Shared(file, MappedFile.create(file, bytes)));
            } catch (IOException e) {
                throw AtomicFile.unwritable(file, e);
            }
        });
        return shared;
    }

    private static Map<String, String> files(Map<String, Shared> shared) {
        Map<String, String> files = new LinkedHashMap<>();
        shared.forEach((name, s) -> files.put(name, s.file().toString()));
        return files;
    }

    Map<String, Long> lengths() {
        return lengths;
    }

    /**
     * The outputs for some inputs.
     *
     * @param replies told of each task graph before it is executed, and of the end
     */
    Map<String, Tensor> run(Map<String, Tensor> given, Consumer<Reply> replies) throws WorkerFailure {
        inputs.forEach((name, shared) -> Elements.write(given.get(name).storage(), shared.memory()));
        jvm.request(new Run(program, files(inputs), files(outputs)), limit, replies);
        Map<String, Tensor> results = new LinkedHashMap<>();
        plan.outputs().forEach((name, buffer) -> {
            long[] shape = buffer.type().shape().evaluate(lengths);
            results.put(
                    name,
                    Elements.read(
                            buffer.type().dtype(), shape, outputs.get(name).memory()));
        });
        return results;
    }

    /** Frees its memory on the device. */
    void close() throws WorkerFailure {
        jvm.request(new Close(program), limit, reply -> {});
        FileTree.delete(directory);
    }
}
