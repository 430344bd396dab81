package heddle.runtime.jvm;

import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.Buffer;
import heddle.compiler.tile.KernelCost;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.KernelTiming;
import heddle.runtime.Program;
import heddle.runtime.RuntimeCode;
import heddle.runtime.code.ClassCache;
import heddle.runtime.code.SourceUnit;
import heddle.runtime.input.CountableAxes;
import heddle.runtime.input.LengthBinding;
import heddle.runtime.tensor.Tensor;
import java.lang.reflect.Array;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A plan compiled for this JVM, with its weights. Runs of several threads follow one another: they share the memory of
 * intermediate results, which is kept from one run to the next while lengths stay the same.
 */
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

    /** The memory of the last run, and the lengths it is for. */
    private RunMemory memory;

    private Map<String, Long> lastLengths;

    /** What each kernel costs at those lengths: operations and bytes. */
    private final Map<JavaSource.Call, long[]> costs = new IdentityHashMap<>();

    private JvmProgram(Plan plan, JavaSource source, PlanClass code, WorkerPool workers, RunMemory weights) {
        this.plan = plan;
        this.source = source;
        this.code = code;
        this.workers = workers;
        this.weights = weights;
    }

    /**
     * Compiles a plan, or takes its classes from the cache, and computes what depends on the weights alone.
     *
     * @param weights by the plan's names, of the plan's types; their arrays are used, not copied
     */
    public static JvmProgram load(Plan plan, Map<String, Tensor> weights, JvmOptions options) {
        JvmPlatform.requireVectorModule();
        CountableAxes.check(plan, Map.of());
        JavaSource source = new JvmWriter(options.target()).write(plan);
        ClassCache cache = new ClassCache(options.classes(), options.version(), options.warnings());
        PlanClass code =
                PlanClass.load(source, cache.classes(new SourceUnit(source.className(), source.text(), JAVAC)));
        RunMemory constants = new RunMemory();
        plan.weights()
                .forEach((name, buffer) ->
                        constants.put(buffer, weights.get(name).storage()));
        plan.constants().forEach(c -> constants.put(c.buffer(), array(c)));
        JvmProgram program = new JvmProgram(
                plan, source, code, WorkerPool.of(options.target().threads()), constants);
        for (JavaSource.Call call : source.prepare()) {
            call.kernel().writes().forEach(b -> constants.allocate(b, Map.of()));
            program.run(call, constants, new long[plan.lengths().size()]);
        }
        return program;
    }

    private static Object array(Plan.ConstantBuffer constant) {
        List<Double> values = constant.values();
        Object array = Tensor.newStorage(constant.buffer().type().dtype(), values.size());
        for (int i = 0; i < values.size(); i++) {
            switch (array) {
                case float[] a -> a[i] = values.get(i).floatValue();
                case double[] a -> a[i] = values.get(i);
                case long[] a -> a[i] = values.get(i).longValue();
                case int[] a -> a[i] = values.get(i).intValue();
                case boolean[] a -> a[i] = values.get(i) != 0;
                default -> throw new AssertionError(array.getClass());
            }
        }
        return array;
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
        return profile(inputs, lengths, timing -> {});
    }

    @Override
    public synchronized Map<String, Tensor> profile(
            Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile) {
        Map<String, Long> bound = bind(inputs, lengths);
        RunMemory run = memory(bound);
        plan.inputs().forEach((name, buffer) -> run.put(buffer, inputs.get(name).storage()));
        List<Buffer> computed = plan.outputs().values().stream()
                .filter(buffer -> !run.has(buffer))
                .distinct()
                .toList();
        computed.forEach(buffer -> run.allocate(buffer, bound));
        long[] values = plan.lengths().stream().mapToLong(bound::get).toArray();
        for (JavaSource.Call call : source.launches()) {
            long start = System.nanoTime();
            run(call, run, values);
            long nanos = System.nanoTime() - start;
            profile.accept(timing(call, nanos, bound));
        }
        return outputs(run, computed, bound);
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

    /** The memory of intermediate results, kept while lengths stay the same. */
    private RunMemory memory(Map<String, Long> bound) {
        if (!bound.equals(lastLengths)) {
            CountableAxes.check(plan, bound);
            plan.launches().forEach(k -> k.writes().forEach(b -> RunMemory.elements(b, bound)));
            RunMemory next = new RunMemory(weights);
            lastLengths = null; // Until the new memory is there: a run that finds too little leaves none behind.
            memory = null;
            next.allocate(MemoryPlan.of(plan, bound));
            memory = next;
            lastLengths = bound;
            costs.clear();
        }
        return new RunMemory(memory);
    }

    /**
     * The tensors of the outputs: what was computed as it is for the first output it is, copied for another one; inputs
     * and weights are copied.
     */
    private Map<String, Tensor> outputs(RunMemory run, List<Buffer> computed, Map<String, Long> bound) {
        Set<Buffer> own = new HashSet<>(computed);
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        plan.outputs().forEach((name, buffer) -> {
            Object array = own.remove(buffer) ? run.array(buffer) : copy(buffer, run.array(buffer));
            outputs.put(
                    name,
                    Tensor.wrap(buffer.type().dtype(), buffer.type().shape().evaluate(bound), array));
        });
        return outputs;
    }

    private static Object copy(Buffer buffer, Object array) {
        int elements = Array.getLength(array);
        Object copy = Tensor.newStorage(buffer.type().dtype(), elements);
        System.arraycopy(array, 0, copy, 0, elements);
        return copy;
    }

    private void run(JavaSource.Call call, RunMemory run, long[] values) {
        RunMemory.Arguments arguments = run.arguments(call.arguments());
        workers.run(
                code.blocks().of(call.entry(), values),
                (from, to) -> code.run().run(call.entry(), arguments.arrays(), arguments.offsets(), values, from, to));
    }

    private KernelTiming timing(JavaSource.Call call, long nanos, Map<String, Long> bound) {
        long[] numbers = costs.computeIfAbsent(call, c -> {
            KernelCost cost = KernelCost.of(c.kernel(), bound);
            return new long[] {cost.flops().value(), cost.bytes().value()};
        });
        return new KernelTiming(call.kernel().name(), call.kernel().family(), nanos, numbers[0], numbers[1]);
    }
}
