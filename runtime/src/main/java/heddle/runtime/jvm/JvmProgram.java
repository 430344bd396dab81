package heddle.runtime.jvm;

import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.KernelTiming;
import heddle.runtime.Program;
import heddle.runtime.RuntimeCode;
import heddle.runtime.code.ClassCache;
import heddle.runtime.code.SourceUnit;
import heddle.runtime.input.CountableAxes;
import heddle.runtime.input.LengthBinding;
import heddle.runtime.tensor.StoredArray;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** A plan compiled for this JVM, with its weights. Runs of several threads go on at the same time, in memory of their own. */
public final class JvmProgram implements Program {
    /** What javac is called with. */
    private static final List<String> JAVAC = List.of(
            "--add-modules=jdk.incubator.vector",
            "-proc:none",
            "-implicit:none",
            "-Xlint:none",
            "-g:source,lines",
            "-classpath",
            "");

    private final Plan plan;
    private final JavaSource source;
    private final PlanClass code;
    private final WorkerPool workers;
    private final RunMemory weights;

    /** What was computed of weights alone and is kept, by what it was computed from. */
    private final Map<WeightContent, RunMemory.Place> held;

    private final RunPool pool;
    private final RunPlans runPlans;

    private JvmProgram(
            Plan plan,
            JavaSource source,
            PlanClass code,
            WorkerPool workers,
            RunPlans runPlans,
            RunMemory weights,
            Map<WeightContent, RunMemory.Place> held) {
        this.held = held;
        this.runPlans = runPlans;
        this.plan = plan;
        this.source = source;
        this.code = code;
        this.workers = workers;
        this.weights = weights;
        this.pool = new RunPool(Runtime.getRuntime().availableProcessors());
    }

    /**
     * Compiles a plan, or takes its classes from the cache, and computes what depends on the weights alone.
     *
     * @param weights by the plan's names, of the plan's types; their arrays are used, not copied, unless the plan packs
     *                them. Each is asked for once,
     *                and not held longer than kernels read it
     */
    public static JvmProgram load(Plan plan, Map<String, Tensor> weights, JvmOptions options) {
        return load(plan, weights, options, Map.of());
    }

    /** The same, which shares with another program of the same weights what both hold. */
    public static JvmProgram load(Plan plan, Map<String, Tensor> weights, JvmOptions options, JvmProgram other) {
        return load(plan, weights, options, other.held);
    }

    private static JvmProgram load(
            Plan plan, Map<String, Tensor> weights, JvmOptions options, Map<WeightContent, RunMemory.Place> there) {
        JvmPlatform.requireVectorModule();
        CountableAxes axes = new CountableAxes(plan);
        axes.check(Map.of());
        JavaSource source = new JvmWriter(options.target()).write(plan);
        ClassCache cache = new ClassCache(options.classes(), options.version(), options.warnings());
        PlanClass code =
                PlanClass.load(source, cache.classes(new SourceUnit(source.className(), source.text(), JAVAC)));
        JvmProgram program = new JvmProgram(
                plan,
                source,
                code,
                WorkerPool.of(options.target().cores()),
                new RunPlans(
                        plan,
                        new SmallKernels(source.launches(), options.target().lanes(), options.leastShared()),
                        axes),
                new RunMemory(),
                new HashMap<>());
        new Preparation(plan, source.prepare(), weights)
                .run(
                        there,
                        program.held,
                        program.weights,
                        call -> program.run(
                                call, program.weights, new long[plan.lengths().size()]));
        return program;
    }

    /** Where the weights lie that runs read, packed as kernels read them. */
    Collection<RunMemory.Place> held() {
        return held.values();
    }

    /** Bytes of the weights that a loaded plan holds, packed as kernels read them. */
    public static long weightBytes(Plan plan) {
        return Preparation.bytes(plan);
    }

    /** The generated Java. */
    public JavaSource source() {
        return source;
    }

    @Override
    public String text() {
        return source.text();
    }

    /** The outputs for some inputs, by name. */
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        return run(inputs, Map.of());
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Long> lengths) {
        return run(inputs, lengths, this::run);
    }

    @Override
    public Map<String, Tensor> profile(
            Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile) {
        // Told when the run has left its place: one that is told may want to run the model too.
        List<KernelTiming> timings = new ArrayList<>();
        Map<String, Tensor> outputs = run(inputs, lengths, (call, run, tiles, known) -> {
            long start = System.nanoTime();
            run(call, run, tiles, known);
            long nanos = System.nanoTime() - start;
            timings.add(known.costs().timing(call.kernel(), start, nanos));
        });
        timings.forEach(profile);
        return outputs;
    }

    private interface Launch {
        void run(JavaSource.Call call, RunMemory run, WorkerTiles tiles, RunPlan known);
    }

    private Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Long> lengths, Launch launch) {
        Map<String, Long> bound = bind(inputs, lengths);
        RunPlan known = runPlans.at(bound);
        return pool.run(known.memory(), arrays -> {
            RunMemory run = new RunMemory(weights);
            run.place(known.memory(), arrays);
            plan.inputs()
                    .forEach((name, buffer) -> run.put(
                            buffer, RunMemory.Place.whole(inputs.get(name).storage())));
            List<Buffer> computed = plan.outputs().values().stream()
                    .filter(buffer -> !run.has(buffer))
                    .distinct()
                    .toList();
            computed.forEach(buffer -> run.allocate(buffer, bound));
            return tiles(own -> {
                source.launches().forEach(call -> launch.run(call, run, own, known));
                return outputs(run, computed, bound);
            });
        });
    }

    private Map<String, Long> bind(Map<String, Tensor> inputs, Map<String, Long> lengths) {
        LengthBinding binding = new LengthBinding(lengths);
        plan.inputs().forEach((name, buffer) -> {
            if (!inputs.containsKey(name)) {
                throw new DiagnosticException(
                        Diagnostic.of(RuntimeCode.INPUT_MISSING, "the input " + name + " was not given"));
            }
            binding.bind("the input " + name, buffer.type(), inputs.get(name));
        });
        binding.requireAll(plan.lengths());
        return binding.lengths();
    }

    /**
     * The tensors of the outputs: what was computed as it is for the first output it is, copied for another one; inputs
     * and weights are copied.
     */
    private Map<String, Tensor> outputs(RunMemory run, List<Buffer> computed, Map<String, Long> bound) {
        Set<Buffer> own = new HashSet<>(computed);
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        plan.outputs().forEach((name, buffer) -> {
            Object array = own.remove(buffer) && !buffer.stored().isPacked()
                    ? run.place(buffer).array()
                    : copy(buffer, run.place(buffer), bound);
            outputs.put(
                    name,
                    Tensor.wrap(buffer.type().dtype(), buffer.type().shape().evaluate(bound), array));
        });
        return outputs;
    }

    private static Object copy(Buffer buffer, RunMemory.Place place, Map<String, Long> bound) {
        int elements = RunMemory.elements(buffer, bound);
        if (buffer.stored().isPacked()) {
            return StoredArray.widened(place.array(), buffer.stored(), place.offset(), elements);
        }
        Object copy = Tensor.newStorage(buffer.stored(), elements);
        System.arraycopy(place.array(), place.offset(), copy, 0, elements);
        return copy;
    }

    private <T> T tiles(Function<WorkerTiles, T> run) {
        return WorkerTiles.with(workers.threads(), source.tiles(), run);
    }

    private void run(JavaSource.Call call, RunMemory run, long[] values) {
        tiles(own -> {
            run(call, run, own, values, false);
            return null;
        });
    }

    private void run(JavaSource.Call call, RunMemory run, WorkerTiles tiles, RunPlan known) {
        run(call, run, tiles, known.values(), known.small().contains(call.entry()));
    }

    private void run(JavaSource.Call call, RunMemory run, WorkerTiles tiles, long[] values, boolean isSmall) {
        RunMemory.Arguments arguments = run.arguments(call.arguments());
        WorkerPool.Task task = (thread, from, to) -> code.run()
                .run(
                        call.entry(),
                        arguments.arrays(),
                        arguments.offsets(),
                        values,
                        tiles.array(),
                        tiles.at(thread),
                        from,
                        to);
        long blocks = code.blocks().of(call.entry(), values);
        workers.run(blocks, isSmall ? 0 : call.kernel().schedule().pieces(), task);
    }
}
