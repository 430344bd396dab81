package heddle.runtime.tornado;

import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.Plan;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.KernelTiming;
import heddle.runtime.Program;
import heddle.runtime.code.CodeTooLarge;
import heddle.runtime.code.SourceUnit;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.input.CountableAxes;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.WorkerFailure.Kind;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A plan compiled for a device, with its weights. The weights stay on the device from one run to the next, as long as
 * lengths stay the same. Runs from several threads are executed one after another.
 */
public final class TornadoProgram implements Program {
    /** Short enough for TornadoVM, whatever the tasks are. */
    private static final int TASKS_PER_GRAPH = TornadoTarget.GPU.tasksPerGraph();

    private final Plan plan;
    private final IntFunction<DeviceCode> writer;
    private final CountableAxes axes;
    private final Map<String, Tensor> weights;
    private final TornadoOptions options;
    private final Compiled grouped;

    /** With one kernel in a task graph: what the kernels take, and which one fails, is seen from outside. */
    private Compiled single;

    /** The one that is on the device, and what it was made from. */
    private ProgramInstance instance;

    private Compiled open;

    /** Code and its classes. */
    private record Compiled(DeviceCode code, Map<String, byte[]> classes) {}

    private TornadoProgram(
            Plan plan, IntFunction<DeviceCode> writer, Map<String, Tensor> weights, TornadoOptions options) {
        this.plan = plan;
        this.writer = writer;
        this.weights = weights;
        this.options = options;
        this.axes = new CountableAxes(plan);
        axes.check(Map.of());
        this.grouped = compiled(TASKS_PER_GRAPH);
    }

    /**
     * Compiles a plan against the SDK, or takes its classes from the cache.
     *
     * @param writer  writes the plan as Java, with at most so many tasks in a task graph
     * @param weights by the plan's names, of the plan's types
     */
    public static TornadoProgram load(
            Plan plan, IntFunction<DeviceCode> writer, Map<String, Tensor> weights, TornadoOptions options) {
        return new TornadoProgram(plan, writer, weights, options);
    }

    /** Compiles it with at most so many tasks in a task graph. */
    private Compiled compiled(int tasks) {
        DeviceCode code = writer.apply(tasks);
        SourceUnit source =
                new SourceUnit(code.className(), code.text(), options.sdk().javac());
        try {
            return new Compiled(code, options.classes().classes(source));
        } catch (CodeTooLarge e) {
            throw new DiagnosticException(Diagnostic.of(
                            TornadoCode.KERNEL_TOO_LARGE, "a kernel has more code than a method of Java can have")
                    .note("that is 64 KiB; a thread computes several elements, each with all functions of its program")
                    .hint("use fewer functions of each element, or --target jvm"));
        }
    }

    private Compiled single() {
        if (single == null) {
            single = compiled(1);
        }
        return single;
    }

    @Override
    public String text() {
        return grouped.code().text();
    }

    @Override
    public synchronized Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Long> lengths) {
        return run(grouped, inputs, lengths, times -> {});
    }

    @Override
    public synchronized Map<String, Tensor> profile(
            Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile) {
        Compiled each = single();
        if (!isOpen(each, lengths)) {
            run(each, inputs, lengths, times -> {}); // TornadoVM compiles a kernel when it is first launched.
        }
        return run(each, inputs, lengths, times -> times.ended(profile));
    }

    private Map<String, Tensor> run(
            Compiled version, Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<GraphTimes> ended) {
        GraphTimes times = new GraphTimes(plan, version.code(), lengths);
        try {
            Map<String, Tensor> outputs = instance(version, lengths).run(inputs, times::add);
            ended.accept(times);
            return outputs;
        } catch (WorkerFailure e) {
            abandon(e);
            throw new Diagnosis(plan, version.code(), lengths).of(e, failed(e, times), () -> oneByOne(inputs, lengths));
        }
    }

    /** The graph that failed: the one that ran when an error was printed, else the last that began. */
    private static int failed(WorkerFailure failure, GraphTimes times) {
        return failure.graph() < 0 ? times.last() : failure.graph();
    }

    /** Frees what an instance has on the device where its JVM, which serves others too, is still there. */
    private void abandon(WorkerFailure failure) {
        ProgramInstance failed = instance;
        instance = null;
        if (failed != null && failure.kind() == Kind.REFUSED) {
            try {
                failed.close();
            } catch (WorkerFailure e) {
                failure.addSuppressed(e);
            }
        }
    }

    private boolean isOpen(Compiled version, Map<String, Long> lengths) {
        return instance != null && open == version && instance.lengths().equals(lengths);
    }

    private ProgramInstance instance(Compiled version, Map<String, Long> lengths) throws WorkerFailure {
        if (instance != null && !isOpen(version, lengths)) {
            ProgramInstance old = instance;
            instance = null;
            old.close();
        }
        if (instance == null) {
            axes.check(lengths);
            instance = open(jvm(version), version, lengths);
            open = version;
        }
        return instance;
    }

    @Override
    public synchronized void close() {
        ProgramInstance old = instance;
        instance = null;
        if (old != null) {
            try {
                old.close();
            } catch (WorkerFailure e) {
                // Its JVM is gone, and with it what it had on the device.
            }
        }
    }

    private ProgramJvm jvm(Compiled version) {
        return ThisJvm.get(options)
                .filter(jvm -> jvm.classes().accepts(version.classes()))
                .map(jvm -> (ProgramJvm) jvm)
                .orElseGet(() -> Workers.get(options, version.classes()));
    }

    private ProgramInstance open(ProgramJvm jvm, Compiled version, Map<String, Long> lengths) throws WorkerFailure {
        try {
            jvm.classes().add(version.classes());
        } catch (IOException e) {
            throw AtomicFile.unwritable(jvm.directory(), e);
        }
        return ProgramInstance.open(plan, version.code().className(), jvm, weights, lengths, options.timeLimit());
    }

    /** Runs the plan once more in a worker of its own, with one kernel in a task graph, to see which one fails. */
    private Diagnosis.Trial oneByOne(Map<String, Tensor> inputs, Map<String, Long> lengths) {
        Compiled each = single();
        GraphTimes times = new GraphTimes(plan, each.code(), lengths);
        try (Worker worker = Worker.start(options.sdk(), options.device())) {
            open(worker, each, lengths).run(inputs, times::add);
            return new Diagnosis.Trial(each.code(), -1, null);
        } catch (WorkerFailure e) {
            return new Diagnosis.Trial(each.code(), failed(e, times), e);
        }
    }
}
