package heddle.runtime.tornado;

import heddle.compiler.schedule.Plan;
import heddle.compiler.target.tornado.TornadoLimits;
import heddle.runtime.KernelTiming;
import heddle.runtime.Program;
import heddle.runtime.code.SourceUnit;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A plan compiled for a device, with its weights. They stay on the device from one run to the next while lengths stay
 * the same. Runs of several threads follow one another.
 */
public final class TornadoProgram implements Program {
    /** Short enough for TornadoVM, whatever the tasks are. */
    private static final int TASKS_PER_GRAPH = TornadoLimits.GPU.tasksPerGraph();

    private final Plan plan;
    private final IntFunction<DeviceCode> writer;
    private final DeviceCode code;
    private final Map<String, Tensor> weights;
    private final TornadoOptions options;
    private final Map<String, byte[]> classes;
    private ProgramInstance instance;

    private TornadoProgram(
            Plan plan, IntFunction<DeviceCode> writer, Map<String, Tensor> weights, TornadoOptions options) {
        this.plan = plan;
        this.writer = writer;
        this.code = writer.apply(TASKS_PER_GRAPH);
        this.weights = weights;
        this.options = options;
        this.classes = classes(code, options);
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

    private static Map<String, byte[]> classes(DeviceCode code, TornadoOptions options) {
        return options.classes()
                .classes(new SourceUnit(
                        code.className(), code.text(), options.sdk().javac()));
    }

    @Override
    public String text() {
        return code.text();
    }

    @Override
    public synchronized Map<String, Tensor> run(
            Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile) {
        GraphTimes times = new GraphTimes(plan, code, lengths);
        try {
            Map<String, Tensor> outputs = instance(lengths).run(inputs, times::started);
            times.ended(profile);
            return outputs;
        } catch (WorkerFailure e) {
            instance = null;
            throw new Diagnosis(plan, code, lengths).of(e, times.last(), () -> oneByOne(inputs, lengths));
        }
    }

    private ProgramInstance instance(Map<String, Long> lengths) throws WorkerFailure {
        if (instance != null && !instance.lengths().equals(lengths)) {
            ProgramInstance old = instance;
            instance = null;
            old.close();
        }
        if (instance == null) {
            ProgramJvm jvm = jvm();
            instance = open(jvm, code, classes, lengths);
        }
        return instance;
    }

    private ProgramJvm jvm() {
        ThisJvm own = ThisJvm.get().orElse(null);
        return own != null && own.accepts(classes) ? own : Workers.get(options, classes);
    }

    private ProgramInstance open(
            ProgramJvm jvm, DeviceCode source, Map<String, byte[]> compiled, Map<String, Long> lengths)
            throws WorkerFailure {
        try {
            jvm.add(compiled);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ProgramInstance.open(plan, source.className(), jvm, weights, lengths, options.timeLimit());
    }

    /** Runs the plan once more in a worker of its own, with one kernel in a task graph, to see which one fails. */
    private Diagnosis.Trial oneByOne(Map<String, Tensor> inputs, Map<String, Long> lengths) {
        DeviceCode single = writer.apply(1);
        GraphTimes times = new GraphTimes(plan, single, lengths);
        try (Worker worker = Worker.start(options.sdk(), options.device())) {
            open(worker, single, classes(single, options), lengths).run(inputs, times::started);
            return new Diagnosis.Trial(single, -1, null);
        } catch (WorkerFailure e) {
            return new Diagnosis.Trial(single, times.last(), e);
        }
    }
}
