package heddle.tests.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.scalar.Axis;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Device;
import heddle.compiler.schedule.machine.Machine;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.ScheduleListing;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.machine.MachineFiles;
import heddle.tests.GoldenFile;
import heddle.tests.fusion.Draw;
import heddle.tests.tornado.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What policies choose for machines that are not here, and that it means the same. */
class MachineScheduleTest {
    private static final long SEED = 71;
    private static final Path MODELS = Path.of("src", "test", "resources", "machine");
    private static final Path DEVICE_MODELS = Path.of("src", "test", "resources", "tornado");
    private static final Device H100 = (Device) MachineFiles.find("h100");

    @TempDir
    private Path dir;

    private static SchedulePolicy policy(Machine machine) {
        return switch (machine) {
            case Processor p -> SchedulePolicy.of(p);
            case Device d -> new DevicePolicy(TornadoTarget.of(d));
        };
    }

    private static Plan plan(HeddleModel model, Machine machine) {
        return model.compilation(Fusion.FUSED, policy(machine)).plan();
    }

    @ParameterizedTest
    @CsvSource({
        "attention, h100",
        "attention, avx2",
        "attention, neon",
        "product, h100",
        "product, avx2",
        "product, neon",
        "product, xeon"
    })
    void schedulesAreAsListed(String model, String machine) throws IOException {
        Plan plan = plan(Heddle.model(MODELS.resolve(model + ".heddle")), MachineFiles.find(machine));
        String listing = Stream.concat(plan.prepare().stream(), plan.launches().stream())
                .map(ScheduleListing::of)
                .collect(Collectors.joining("\n"));
        GoldenFile.check(MODELS.resolve(model + "-" + machine + ".txt"), listing);
    }

    private TileKernel kernel(Machine machine, String... lines) throws IOException {
        Path file = Files.writeString(dir.resolve("m.heddle"), String.join("\n", lines));
        return plan(Heddle.model(file), machine).launches().getFirst();
    }

    private TileKernel product(Machine machine, long m, long n) throws IOException {
        return kernel(machine, "input a: f32[" + m + ", 512]", "input b: f32[512, " + n + "]", "output y = a @ b");
    }

    private TileKernel attention(Machine machine, long length, long features) throws IOException {
        String type = "f32[4, " + length + ", " + features + "]";
        return kernel(
                machine,
                "input q: " + type,
                "input k: " + type,
                "input v: " + type,
                "output y = softmax(q @ transpose(k)) @ v");
    }

    /** A weight that stays in the second-level cache need not be read ahead, nor one that few rows or short vectors are multiplied with. */
    @ParameterizedTest
    @CsvSource({"N, 16, 512, true", "N, 16, 4096, false", "3, 16, 512, true", "2, 16, 512, false", "N, 8, 512, false"})
    void weightsAreReadAheadByTheSecondLevelCache(String rows, int lanes, int kibibytes, boolean isFetched)
            throws IOException {
        Processor processor = new Processor("mine", lanes, 2 * lanes, 2, 4, 32 << 10, kibibytes << 10, false);
        String length = rows.equals("N") ? "dim N\n" : "";
        TileKernel kernel = kernel(
                processor, length + "input x: f32[" + rows + ", 512]", "output y = x @ weight \"w\" : f32[512, 512]");
        assertEquals(
                isFetched,
                kernel.schedule().choices().contains(new Choice.Fetch("right", 3)),
                () -> ScheduleListing.of(kernel));
    }

    /** HotSpot loads the factors of four rows ahead: on x86 a fence keeps it from that where sums leave no room. */
    @ParameterizedTest
    @CsvSource({"4, false", "8, true", "16, false"})
    void loadsAreFencedWhereRegistersAreFew(int lanes, boolean isFenced) throws IOException {
        Processor processor = Processor.of(lanes, 2);
        Path file = Files.writeString(dir.resolve("m.heddle"), """
                dim N
                input x: f32[N, 512]
                output y = x @ weight "w" : f32[512, 512]
                """);
        String java = new JvmWriter(processor)
                .write(plan(Heddle.model(file), processor))
                .text();
        assertEquals(isFenced, java.contains("VarHandle.loadLoadFence();"), java);
        assertEquals(isFenced, java.contains("import java.lang.invoke.VarHandle;"), java);
    }

    private static int register(TileKernel kernel, Axis axis) {
        return kernel.schedule().bound(axis, Choice.Level.REGISTER).orElseThrow();
    }

    /** Multiply-adds that a thread makes of each element that it reads from local memory, for each product of a kernel. */
    private static List<Double> reuse(TileKernel kernel) {
        return new ProgramFacts(kernel.program())
                .products().stream().map(dot -> reuse(kernel, dot)).toList();
    }

    private static double reuse(TileKernel kernel, TileExpr.Dot dot) {
        List<Integer> sides = Stream.of(dot.a(), dot.b())
                .flatMap(t -> t.axes().stream())
                .filter(axis -> !axis.equals(dot.over()))
                .map(axis -> register(kernel, axis))
                .toList();
        return 1.0 * sides.get(0) * sides.get(1) / (sides.get(0) + sides.get(1));
    }

    @Test
    void moreRegistersMakeMoreOfEachElement() throws IOException {
        for (long features : new long[] {64, 128}) {
            List<Double> any = reuse(attention(Device.GPU, 4096, features));
            List<Double> more = reuse(attention(H100, 4096, features));
            for (int at = 0; at < any.size(); at++) {
                assertTrue(more.get(at) >= 1.9 * any.get(at), features + ": " + any + ", " + more);
            }
        }
        assertEquals(List.of(2.0), reuse(product(Device.GPU, 4096, 4096)));
        assertEquals(List.of(4.0), reuse(product(H100, 4096, 4096)));
    }

    @Test
    void localMemoryThatIsThereIsUsed() throws IOException {
        Path file = Files.writeString(
                dir.resolve("m.heddle"),
                "input q: f32[4, 4096, 64]\ninput k: f32[4, 4096, 64]\noutput y = softmax(q @ transpose(k)) @ k");
        TornadoTarget target = TornadoTarget.of(H100);
        TornadoSource source = new TornadoWriter(target).write(plan(Heddle.model(file), H100));
        long bytes = ((TornadoSource.KernelLaunch) source.tasks().getFirst().work()).localBytes();
        assertTrue(bytes > Device.GPU.local() && bytes <= H100.local(), bytes + " bytes");
    }

    /** Blocks are smaller where large ones would leave multiprocessors without a group. */
    @Test
    void thereAreGroupsForAllMultiprocessors() throws IOException {
        assertEquals(
                Map.of("m", 128, "n", 128, "k", 16),
                product(H100, 4096, 4096).schedule().blocks());
        assertEquals(
                Map.of("m", 64, "n", 64, "k", 16),
                product(H100, 1024, 1024).schedule().blocks());
        assertEquals(
                Map.of("i", 64, "j", 32), attention(H100, 4096, 64).schedule().blocks());
        assertEquals(
                Map.of("i", 32, "j", 32), attention(H100, 1100, 64).schedule().blocks());
    }

    @ParameterizedTest
    @ValueSource(strings = {"h100", "rx7900", "arc"})
    void schedulesOfDevicesMeanTheSame(String name) {
        TornadoTarget target = TornadoTarget.of((Device) MachineFiles.find(name));
        HeddleModel products = Heddle.model(DEVICE_MODELS.resolve("products.heddle"));
        check(products, target, Map.of("N", 67L, "M", 33L));
        check(products, target, Map.of("N", 1L, "M", 129L));
        for (long features : new long[] {64, 80}) {
            long values = features == 80 ? 48 : features;
            HeddleModel model = Heddle.model(DEVICE_MODELS.resolve("heads.heddle"), Map.of("D", features, "E", values));
            check(model, target, Map.of("N", 1L, "M", 1L));
            check(model, target, Map.of("N", 65L, "M", 33L));
        }
    }

    /** Devices that nobody has built: a policy finds legal schedules for any, with thinner slices too. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void schedulesOfDrawnDevicesMeanTheSame(long seed) {
        Random random = new Random(seed);
        Device device = new Device(
                "drawn" + seed,
                Device.Backend.OPENCL,
                1 + random.nextInt(200),
                random.nextInt(4) == 0 ? 1 : 32,
                32 << random.nextInt(5),
                (10 + random.nextInt(54)) << 10,
                64 << 10,
                64 << random.nextInt(3),
                65_536,
                false,
                false);
        TornadoTarget target = TornadoTarget.of(device);
        SchedulePolicy policy = changed(new DevicePolicy(target), random);
        long features = 8L * (1 + random.nextInt(12));
        HeddleModel heads = Heddle.model(DEVICE_MODELS.resolve("heads.heddle"), Map.of("D", features, "E", 40L));
        HeddleModel product = Heddle.model(DEVICE_MODELS.resolve("golden/batched-product.heddle"));
        for (HeddleModel model : List.of(heads, product)) {
            Map<String, Long> lengths = Map.of("B", 2L, "N", 1L + random.nextInt(140), "M", 1L + random.nextInt(70));
            Map<String, Long> own = new HashMap<>(lengths);
            own.keySet().removeIf(n -> n.equals("B") && model == heads);
            Conformance.of(model.declaration().graph(), policy, target)
                    .check(Draw.USUAL.inputs(model, own, SEED), own, device + ", lengths " + own + ", seed " + seed);
        }
    }

    /** Slices as deep as chance says, at most as deep as fits. */
    private static SchedulePolicy changed(DevicePolicy policy, Random random) {
        return new SchedulePolicy() {
            @Override
            public KernelSchedule schedule(Family family, ProgramFacts facts) {
                KernelSchedule schedule = policy.schedule(family, facts);
                for (TileExpr.Dot dot : facts.products()) {
                    // Blocks of keys are made up of slices; of features the last slice may be short.
                    boolean keys = dot.over().name().equals("j");
                    int depth = schedule.stage(dot.over()).orElse(8);
                    int slice = keys ? Integer.highestOneBit(depth) >> random.nextInt(3) : 1 + random.nextInt(depth);
                    schedule = schedule.with(new Choice.Stage(dot.over().name(), Math.max(1, slice)));
                }
                return schedule;
            }

            @Override
            public void verifyGiven(TileKernel given, TileKernel chosen) {
                policy.verifyGiven(given, chosen);
            }

            @Override
            public OptionalInt panel(Contraction c) {
                return policy.panel(c);
            }
        };
    }

    private static void check(HeddleModel model, TornadoTarget target, Map<String, Long> lengths) {
        Conformance.of(model.declaration().graph(), Fusion.FUSED, target, Draw.USUAL.weights(model, Map.of(), SEED))
                .check(Draw.USUAL.inputs(model, lengths, SEED), lengths, "lengths " + lengths + ", seed " + SEED);
    }
}
