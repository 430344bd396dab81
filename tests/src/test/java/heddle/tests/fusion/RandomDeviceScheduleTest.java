package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.machine.Device;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.scheduled.group.DeviceScheduler;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attention of the corpus under schedules for devices that no policy chose: other blocks, threads and slices. The threads of each group
 * run one after another, no two of them race, and results are those of the reference. {@code -Dheddle.schedules=10000} runs more.
 */
class RandomDeviceScheduleTest {
    private static final List<String> FILES = CorpusFile.names("fuses");

    private final List<String> chosen = new ArrayList<>();
    private Random random;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, Math.max(1, Long.getLong("heddle.schedules", 1008) / 12));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyLegalScheduleMeansTheSame(long seed) {
        random = new Random(seed);
        CorpusFile file = CorpusFile.read(FILES.get(random.nextInt(FILES.size())));
        HeddleModel model = file.model();
        SequencedMap<String, Tensor> weights = Draw.USUAL.weights(model, Map.of(), seed);
        Plan plan = model.compilation(Fusion.FUSED, new DevicePolicy(TornadoTarget.GPU))
                .plan();
        Map<String, Long> lengths =
                file.shapes(List.of(CorpusFile.lengths("B=1 N=13 M=21"))).getLast();
        SequencedMap<String, Tensor> inputs = Draw.USUAL.inputs(model, lengths, seed);
        String place = file.path() + ", lengths " + lengths + ", seed " + seed;
        Map<String, Tensor> run = assertDoesNotThrow(
                () -> TensorArrays.tensors(new ScheduledRun(this::scheduled)
                        .run(plan, TensorArrays.of(inputs), TensorArrays.of(weights), lengths)),
                () -> place + "\n" + chosen);
        file.meaning(Reference.run(model, weights, inputs)).forEach((output, array) -> {
            Tensor result = run.get(output);
            Tolerance tolerance = file.tolerance()
                    .map(t -> new Tolerance(t, t))
                    .orElseGet(() -> Draw.USUAL.tolerance(result.dtype()));
            Comparison c = Comparison.of(result, array, tolerance);
            assertTrue(
                    c.within(),
                    () -> place + ": " + output + Arrays.toString(c.worst()) + " is " + c.got() + ", not " + c.want()
                            + "\n" + chosen);
        });
    }

    private ScheduledKernel scheduled(TileKernel kernel) {
        TileKernel drawn =
                new TileKernel(kernel.program(), DeviceScheduler.isInBlocks(kernel) ? blocks(kernel) : threads(kernel));
        chosen.add(kernel.name() + " " + drawn.schedule());
        return DeviceScheduler.schedule(drawn);
    }

    /** Blocks of any size, but where tables tell them apart; any group of threads; slices where they are legal. */
    private KernelSchedule blocks(TileKernel kernel) {
        ProgramFacts facts = new ProgramFacts(kernel.program());
        boolean hasTables = !kernel.schedule().tables().isEmpty();
        KernelSchedule cuts = KernelSchedule.NONE;
        for (Choice c : kernel.schedule().choices()) {
            boolean isCut = c instanceof Choice.Cut cut && cut.size() instanceof Choice.Size.Blocks;
            if (isCut && !hasTables) {
                Choice.Cut cut = (Choice.Cut) c;
                cuts = cuts.with(new Choice.Cut(cut.loop(), new Choice.Size.Blocks(1 + random.nextInt(24))));
            } else if (c instanceof Choice.Cut || c instanceof Choice.Skip) {
                cuts = cuts.with(c);
            }
        }
        Device device = TornadoTarget.GPU.device().within(1 << 20, 1 << (2 + random.nextInt(5)));
        DevicePolicy policy = new DevicePolicy(TornadoTarget.of(device));
        KernelSchedule schedule = policy.blocks(facts, List.of(cuts));
        for (TileExpr.Dot dot : facts.products()) {
            KernelSchedule staged = schedule.with(new Choice.Stage(dot.over().name(), 1 + random.nextInt(12)));
            if (random.nextBoolean() && isLegal(policy, new TileKernel(kernel.program(), staged), facts)) {
                schedule = staged;
            }
        }
        policy.verify(new TileKernel(kernel.program(), schedule), facts);
        return schedule;
    }

    private static boolean isLegal(DevicePolicy policy, TileKernel kernel, ProgramFacts facts) {
        try {
            policy.verify(kernel, facts);
            return true;
        } catch (IllegalSchedule e) {
            return false;
        }
    }

    /** Another number of threads, where some are bound. */
    private KernelSchedule threads(TileKernel kernel) {
        KernelSchedule schedule = kernel.schedule();
        for (Choice c : schedule.choices()) {
            if (c instanceof Choice.Bind b) {
                int threads = 1 << random.nextInt(7);
                schedule = schedule.with(
                        new Choice.Bind(b.axis(), List.of(new Choice.Factor(Choice.Level.THREAD, threads))));
            }
        }
        return schedule;
    }
}
