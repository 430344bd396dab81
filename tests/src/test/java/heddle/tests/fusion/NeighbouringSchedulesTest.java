package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.ir.NdArray;
import heddle.compiler.schedule.ForwardingPolicy;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.tuning.Neighbours;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.ScheduleListing;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Family;
import heddle.compiler.type.DType;
import heddle.runtime.HeddleModel;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a tuner tries means what the policy's schedules mean: models of the corpus, and their gradients, under schedules that are a few
 * steps away. On the jvm target the generated code runs; the threads of devices are interpreted. {@code -Dheddle.schedules=10000} runs
 * more.
 */
class NeighbouringSchedulesTest {
    private static final List<String> FILES = CorpusFile.names("fuses");
    private static final int STEPS = 5;

    /**
     * Takes a few steps from the schedules of another policy, each to a neighbour that is drawn.
     *
     * @param steps  the most of them
     * @param chosen what was drawn, by the names of kernels
     */
    private record WanderingPolicy(SchedulePolicy others, Random random, int steps, Map<String, KernelSchedule> chosen)
            implements ForwardingPolicy {
        WanderingPolicy(SchedulePolicy others, long seed, int steps) {
            this(others, new Random(seed), steps, new TreeMap<>());
        }

        @Override
        public KernelSchedule schedule(Family family, ProgramFacts facts) {
            return chosen.computeIfAbsent(facts.program().name(), name -> drawn(family, facts));
        }

        private KernelSchedule drawn(Family family, ProgramFacts facts) {
            Neighbours around = new Neighbours(others, new TileKernel(facts.program(), others.schedule(family, facts)));
            KernelSchedule schedule = around.start();
            for (int step = random.nextInt(steps + 1); step > 0; step--) {
                List<KernelSchedule> next = around.of(schedule);
                if (!next.isEmpty()) {
                    schedule = next.get(random.nextInt(next.size()));
                }
            }
            return schedule;
        }

        /** The schedules of a plan's kernels, as a file has them. */
        static String text(List<TileKernel> kernels) {
            return String.join("\n", kernels.stream().map(ScheduleListing::of).toList());
        }
    }

    @TempDir
    static Path classes;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, Math.max(1, Long.getLong("heddle.schedules", 1008) / 24));
    }

    private static CorpusFile file(long seed) {
        return CorpusFile.read(FILES.get(new Random(seed).nextInt(FILES.size())));
    }

    private static Map<String, Long> lengths(CorpusFile file, String usual) {
        return file.shapes(List.of(CorpusFile.lengths(usual))).getLast();
    }

    private static JvmOptions options() {
        return new JvmOptions(JvmPlatform.target(2), classes, "test", warning -> {});
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("seeds")
    void onAProcessor(long seed) {
        CorpusFile file = file(seed);
        HeddleModel model = file.model();
        WanderingPolicy policy = new WanderingPolicy(SchedulePolicy.of(JvmPlatform.target(2)), seed, STEPS);
        Plan plan = model.compilation(Fusion.FUSED, policy).plan();
        Map<String, Long> lengths = lengths(file, "B=1 N=70 M=301");
        SequencedMap<String, Tensor> weights = Draw.USUAL.weights(model, Map.of(), seed);
        SequencedMap<String, Tensor> inputs = Draw.USUAL.inputs(model, lengths, seed);
        String place = place(file, lengths, seed, plan);
        Map<String, Tensor> run = assertDoesNotThrow(
                () -> JvmProgram.load(plan, weights, options()).run(inputs, lengths), place);
        compare(file, DType.F64, run, file.meaning(Reference.run(model, weights, inputs)), 1, place);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("seeds")
    void ofGradientsOnAProcessor(long seed) {
        CorpusFile file = file(seed + 5000);
        TrainedModel model = TrainedModel.of(file.model());
        assumeFalse(model.isNarrow(), "sixteen bits are rounded in other places than where the model has them");
        WanderingPolicy policy = new WanderingPolicy(SchedulePolicy.of(JvmPlatform.target(2)), seed, STEPS);
        Plan plan =
                Compiler.compile(model.graph(), Fusion.FUSED, policy, Set.of()).plan();
        Map<String, Long> lengths = lengths(file, "B=2 N=5 M=3");
        String place = place(file, lengths, seed, plan);
        Map<String, Tensor> run = assertDoesNotThrow(
                () -> JvmProgram.load(plan, model.weights(lengths, seed), options())
                        .run(model.inputs(lengths, seed), lengths),
                place);
        // Some models of f64 compute a part in f32, which is all that their gradients are as exact as. A gradient
        // passes three products more than its attention, whose scores are in the tens here.
        compare(file, DType.F32, run, model.meaning(lengths, seed), 2, place);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("seeds")
    void onADevice(long seed) {
        CorpusFile file = file(seed + 9000);
        HeddleModel model = file.model();
        TornadoTarget target = seed % 2 == 0 ? TornadoTarget.GPU : TornadoTarget.CPU;
        Plan plan = model.compilation(Fusion.FUSED, new WanderingPolicy(new DevicePolicy(target), seed, STEPS))
                .plan();
        Map<String, Long> lengths = lengths(file, "B=1 N=13 M=21");
        SequencedMap<String, Tensor> weights = Draw.USUAL.weights(model, Map.of(), seed);
        SequencedMap<String, Tensor> inputs = Draw.USUAL.inputs(model, lengths, seed);
        String place = place(file, lengths, seed, plan);
        Map<String, Tensor> run = assertDoesNotThrow(
                () -> TensorArrays.tensors(
                        ScheduledRun.onDevice().run(plan, TensorArrays.of(inputs), TensorArrays.of(weights), lengths)),
                place);
        compare(file, DType.F64, run, file.meaning(Reference.run(model, weights, inputs)), 1, place);
    }

    private static String place(CorpusFile file, Map<String, Long> lengths, long seed, Plan plan) {
        return file.path() + ", lengths " + lengths + ", seed " + seed + "\n"
                + WanderingPolicy.text(Stream.concat(plan.prepare().stream(), plan.launches().stream())
                        .toList());
    }

    /**
     * @param most as exact as results can be
     * @param times how many times the usual tolerance is right
     */
    private static void compare(
            CorpusFile file,
            DType most,
            Map<String, Tensor> run,
            Map<String, NdArray> meaning,
            double times,
            String place) {
        meaning.forEach((output, array) -> {
            Tensor result = run.get(output);
            DType type = result.dtype() == DType.F64 ? most : result.dtype();
            Tolerance usual =
                    file.tolerance().map(t -> new Tolerance(t, t)).orElseGet(() -> Draw.USUAL.tolerance(type));
            Tolerance tolerance = new Tolerance(usual.absolute() * times, usual.relative() * times);
            Comparison c = Comparison.of(result, array, tolerance);
            assertTrue(
                    c.within(),
                    () -> output + Arrays.toString(c.worst()) + " is " + c.got() + ", not " + c.want() + ": " + place);
        });
    }
}
