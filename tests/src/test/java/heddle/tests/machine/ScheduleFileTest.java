package heddle.tests.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.schedule.GivenSchedules;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Device;
import heddle.compiler.schedule.machine.Machine;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.ScheduleListing;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.ScheduleCode;
import heddle.dsl.parse.ScheduleReader;
import heddle.dsl.source.SourceFile;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.machine.MachineFiles;
import heddle.runtime.tensor.Tensor;
import heddle.tests.fusion.Draw;
import heddle.tests.tornado.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedule files: what is printed is read back, what is illegal is refused, and what is changed means the same. */
class ScheduleFileTest {
    private static final long SEED = 72;
    private static final Path MODELS = Path.of("src", "test", "resources");

    @TempDir
    static Path classes;

    private static SchedulePolicy policy(Machine machine) {
        return switch (machine) {
            case Processor p -> SchedulePolicy.of(p);
            case Device d -> new DevicePolicy(TornadoTarget.of(d));
        };
    }

    private static HeddleModel model(String name) {
        return Heddle.model(MODELS.resolve(name + ".heddle"));
    }

    private static String listing(Plan plan) {
        return Stream.concat(plan.prepare().stream(), plan.launches().stream())
                .map(ScheduleListing::of)
                .collect(Collectors.joining("\n"));
    }

    private static GivenSchedules given(Machine machine, String text) {
        return new GivenSchedules(policy(machine), ScheduleReader.read(new SourceFile("mine.txt", text)));
    }

    private static String java(Machine machine, Plan plan) {
        return switch (machine) {
            case Processor p -> new JvmWriter(p).write(plan).text();
            case Device d -> new TornadoWriter(TornadoTarget.of(d)).write(plan).text();
        };
    }

    @ParameterizedTest
    @CsvSource({
        "machine/attention, avx512",
        "machine/attention, h100",
        "machine/product, neon",
        "machine/product, arc",
        "tornado/products, avx2",
        "tornado/reductions, avx512",
        "tornado/reductions, rx7900",
        "tornado/views, h100",
        "tornado/golden/padding-attention, avx512",
        "tornado/golden/padding-attention, h100",
        "tornado/golden/grouped-alibi, avx2"
    })
    void whatIsPrintedIsReadBack(String name, String machineName) {
        Machine machine = MachineFiles.find(machineName);
        Plan chosen = model(name).compilation(Fusion.FUSED, policy(machine)).plan();
        GivenSchedules given = given(machine, listing(chosen));
        Plan plan = model(name).compilation(Fusion.FUSED, given).plan();
        given.requireKernels(plan);
        assertEquals(listing(chosen), listing(plan));
        assertEquals(java(machine, chosen), java(machine, plan));
    }

    private static String changed(Machine machine, String model, String... changes) {
        String text =
                listing(model(model).compilation(Fusion.FUSED, policy(machine)).plan());
        for (String change : changes) {
            String[] sides = change.split("->");
            assertTrue(text.contains(sides[0].strip()), change + " in " + text);
            text = text.replace(sides[0].strip(), sides[1].strip());
        }
        return text;
    }

    @ParameterizedTest
    @CsvSource({
        "machine/attention, avx512, i 32 -> i 33, 'blocks along lanes are of 16, 32 or 64 indexes'",
        "machine/attention, avx512, b each -> b 4, 'its statements do not span b'",
        "machine/attention, avx512, j 128 -> j each, 'the loop over j is cut 128'",
        "machine/attention, avx512, score over j 12 -> score over j 16, 'sums and factors take 35 registers of 32'",
        "machine/attention, avx512, score over i 2 -> score over i 3, '3 vectors are computed at once, and a block has 2'",
        "machine/attention, avx512, trim j 8 -> trim i 8, 'the loop has no mask'",
        "machine/attention, avx512, order i down -> order j down, 'its blocks depend on each other'",
        "machine/attention, avx512, 'k, v in place -> k, v register', 'k is not defined and read in one loop over i'",
        "machine/attention, avx512, i register 1 . lane -> i register . lane, 'a loop takes from 1 to 16 vectors at once'",
        "machine/attention, avx512, i 32 -> i 128, 'blocks along lanes are of 16, 32 or 64 indexes'",
        "machine/attention, avx512, grain 4 -> grain 0, 'a thread takes no piece'",
        "machine/attention, avx512, grain 4 -> stage j 8, 'this machine has no choice of the kind stage'",
        "machine/attention, avx512, trim j 8 -> trim z 8, 'the program has no such loop'",
        "machine/attention, avx512, 'place q, acc, -> place acc,', 'no choice says where q is held'",
        "machine/attention, avx512, 'e whole, -> e whole, e whole,', 'there is a choice of this kind already'",
        "machine/attention, avx512, '. lane -> . lane, j thread 4', 'nothing reads this chain: j has none on this machine'",
        "machine/attention, avx512, i register 1 . lane -> i thread 4 . lane, 'i are run as in register 1 . lane'",
        "machine/attention, avx512, i register 1 . lane -> i register 1 . lane 8, 'i are run as in register 1 . lane'",
        "machine/attention, avx512, 'order i down -> order i down, e down', 'the loop over e is one block'",
        "machine/attention, avx512, 'unroll score -> unroll scale over e 4, score', 'no statement that changes scale goes over e'",
        "machine/attention, avx512, 'unroll score -> unroll q over d 4, score', 'q is no product, and no reduction along d'",
        "machine/attention, avx512, j 128 -> j 100000000, 'the tiles of a worker take 12800016640 bytes, and there may be 67108864'",
        "machine/attention, h100, 'j register 4 -> d thread 8, j register 4', 'nothing reads this chain: d has none on this machine'",
        "machine/product, avx512, n 64 -> n 32, 'panels'",
        "machine/product, avx512, m 48 -> m 0, 'a block of 0 indexes has none'",
        "machine/product, h100, thread 16 . register 8 -> thread 8 . register 8, '8 threads have 16 of 128 indexes each'",
        "machine/product, h100, thread 16 . register 8 -> register 8 . thread 16, 'nothing reads this chain'",
        "machine/product, h100, thread 16 . register 8 -> thread 24 . register 8, 'a power of two'",
        "machine/product, h100, 'left, right local -> left, right register', 'left is held local'",
        "machine/attention, h100, pitch q 1 -> stage j 5 pitch q 1, 'slices make up the 32 indexes of a block of j'",
        "machine/product, avx512, fetch right 3 -> fetch right 0, 'products have a row at least'",
        "machine/product, avx512, fetch right 3 -> fetch right 3 order m down, 'the first block that reads it begins last'",
        "machine/product, avx512, fetch right 3 -> fetch left 3, 'blocks of the innermost parallel loop do not share it'",
        "machine/product, avx512, 'left, right in place -> left in place; right local', 'it is no factor that is read in place'",
        "machine/product, xeon, prefetch right 3 -> prefetch right 0, 'products have a row at least'",
        "machine/product, xeon, prefetch right 3 -> prefetch left 3, 'blocks of the innermost parallel loop do not share it'",
        "machine/product, xeon, 'left, right in place -> left in place; right local', 'it is no factor that is read in place'",
        "machine/attention, avx512, trim j 8 -> prefetch k 3, 'blocks of the innermost parallel loop do not share it'",
        "machine/product, h100, pitch left 1 -> fetch right 3, 'it is no factor that is read in place'",
        "machine/attention, avx512, trim j 8 -> fetch k 3, 'blocks of the innermost parallel loop do not share it'",
        "machine/product, h100, pitch left 1 -> trim k 1, 'the loop has no mask'",
        "machine/product, h100, pitch left 1 -> trim w 1, 'the program has no such loop'"
    })
    void whatIsIllegalIsRefusedWithTheRule(String model, String machineName, String change, String rule) {
        Machine machine = MachineFiles.find(machineName);
        GivenSchedules given = given(machine, changed(machine, model, change));
        Diagnostic told = refused(model(model), given);
        assertTrue(told.message().contains(rule), told::message);
    }

    /** Elements that are converted are read before products by that, and bytes take longer to convert than to wait for. */
    @ParameterizedTest
    @CsvSource({"bf16, avx512, fetch", "i8, xeon, fetch", "i8, xeon, prefetch", "bf16, avx2, prefetch"})
    void packedWeightsAreNotReadAhead(String type, String machineName, String choice) throws IOException {
        Path file = Files.writeString(classes.resolve("packed.heddle"), """
                dim N
                input x: f32[N, 512]
                output y = x @ weight "w" : f32[512, 512] as %s
                """.formatted(type));
        Machine machine = MachineFiles.find(machineName);
        String text = listing(Heddle.model(file)
                        .compilation(Fusion.FUSED, policy(machine))
                        .plan())
                .replace("grain 4", choice + " right 3\n  grain 4");
        Diagnostic told =
                refused(Heddle.model(file), given(machine, text.substring(text.indexOf("schedule contract#1:"))));
        assertTrue(told.message().contains("only panels of f32"), told::message);
    }

    /** It is marked where the file has it, and said where the file leaves it out. */
    @ParameterizedTest
    @CsvSource({
        "'k, v in place -> k in place; v register', v register, 'v is not defined and read in one loop over i'",
        "'place q, acc, -> place acc,', softmax#1, 'no choice says where q is held'",
        "trim j 8 -> trim z 8, z 8, 'the program has no such loop; it has b, i, e, j'",
        "'score local -> scor local', scor, 'the program has no such tile; it has q, acc'"
    })
    void theTileOrLoopIsNamed(String change, String place, String rule) {
        Machine machine = MachineFiles.find("avx512");
        String text = changed(machine, "machine/attention", change);
        Diagnostic told = refused(model("machine/attention"), given(machine, text));
        assertTrue(told.message().contains(rule), told::message);
        assertEquals(text.indexOf(place), told.primary().orElseThrow().span().start(), text);
    }

    /** The message names the cut that makes too much of it. */
    @Test
    void blocksThatAGroupHasNoMemoryForAreRefused() {
        Machine machine = MachineFiles.find("h100");
        String text =
                changed(machine, "machine/attention", "i 64 -> i 4096", "8 . register 8, e -> 8 . register 512, e");
        Diagnostic told = refused(model("machine/attention"), given(machine, text));
        assertEquals(
                "the schedule of softmax#1 is not legal: the tiles of a group take 1712768 bytes, and there may be 49152",
                told.message());
        assertEquals(text.indexOf("i 4096"), told.primary().orElseThrow().span().start());
    }

    @Test
    void tilesOfALengthThatIsBoundLaterAreNotCopied() throws IOException {
        Path file = Files.writeString(classes.resolve("symbols.heddle"), """
                dim N, D
                input q: f32[8, N, D]
                input k: f32[8, N, D]
                input v: f32[8, N, 64]
                output o = softmax(q @ transpose(k)) @ v
                """);
        Machine machine = MachineFiles.find("avx512");
        HeddleModel model = Heddle.model(file);
        String chosen = listing(model.compilation(Fusion.FUSED, policy(machine)).plan());
        Diagnostic told = refused(
                model,
                given(
                        machine,
                        chosen.replace("; k, v in place", ", k local; v in place")
                                .replace("score local,", "score,")));
        assertTrue(told.message().contains("it is as large as lengths that are bound later"), told::message);
    }

    /** The message names the tile. */
    @Test
    void aCopyThatAWorkerHasNoMemoryForIsRefused() throws IOException {
        Path file = Files.writeString(classes.resolve("deep.heddle"), """
                input q: f32[8, 64, 200000]
                input k: f32[8, 256, 200000]
                input v: f32[8, 256, 64]
                output o = softmax(q @ transpose(k)) @ v
                """);
        Machine machine = MachineFiles.find("avx512");
        HeddleModel model = Heddle.model(file);
        String chosen = listing(model.compilation(Fusion.FUSED, policy(machine)).plan());
        String text = chosen.replace("; k, v in place", ", k local; v in place").replace("score local,", "score,");
        Diagnostic told = refused(model, given(machine, text));
        assertTrue(told.message().contains("and there may be 67108864"), told::message);
        assertEquals(
                text.indexOf("k local"), told.primary().orElseThrow().span().start());
    }

    /** The plan of single operations has a kernel of the same name, which is another. */
    @Test
    void aGivenScheduleIsForThePlanAlone() {
        Machine machine = MachineFiles.find("avx512");
        GivenSchedules given = given(machine, changed(machine, "machine/attention", "j 128 -> j 64"));
        Compilation compilation = model("machine/attention").compilation(Fusion.FUSED, given);
        assertEquals(64, compilation.plan().launches().getFirst().schedule().block(new LoopId("j")));
        assertEquals(1, compilation.explain(Map.of()).fused().size());
        assertTrue(
                compilation.unfused().launches().stream().anyMatch(k -> k.name().equals("softmax#1")));
    }

    private static Diagnostic refused(HeddleModel model, GivenSchedules given) {
        DiagnosticException e = assertThrows(
                DiagnosticException.class,
                () -> model.compilation(Fusion.FUSED, given).plan());
        Diagnostic told = e.diagnostics().getFirst();
        assertEquals(ScheduleCode.ILLEGAL, told.code(), told::toString);
        assertTrue(told.primary().isPresent() && told.hint().isPresent(), told::toString);
        return told;
    }

    /** What a user leaves out is not chosen otherwise, which the hint says. */
    @Test
    void aScheduleThatIsNotWholeIsToldThatItReplacesAll() {
        GivenSchedules given = given(MachineFiles.find("avx512"), "schedule softmax#1:\n  cut j 64\n");
        Diagnostic told = refused(model("machine/attention"), given);
        assertTrue(told.message().contains("no choice says where q is held"), told::message);
        assertTrue(told.hint().orElseThrow().contains("replaces all choices of its kernel"), told::toString);
    }

    /** A table that another schedule makes no more is told with what makes none. */
    @ParameterizedTest
    @CsvSource({"j 128 -> j 7, j 7", "j 128 -> j 8, j 8", "trim j 8 -> // none, softmax#1:"})
    void aTableThatBlocksLeaveOutIsToldWithThem(String change, String place) {
        Machine machine = MachineFiles.find("avx512");
        String text = changed(machine, "tornado/golden/padding-attention", change);
        GivenSchedules given = given(machine, text);
        Plan plan = model("tornado/golden/padding-attention")
                .compilation(Fusion.FUSED, given)
                .plan();
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> given.requireKernels(plan));
        Diagnostic told = e.diagnostics().getFirst();
        assertEquals(ScheduleCode.KERNEL, told.code());
        assertEquals(text.indexOf(place), told.related().getFirst().span().start(), told::toString);
        assertTrue(told.hint().orElseThrow().contains("the schedule of softmax#1 decides"), told::toString);
    }

    @ParameterizedTest
    @CsvSource({"softmax#2, softmax#1", "softmax, softmax#1"})
    void anUnknownKernelIsTold(String name, String meant) {
        Machine machine = MachineFiles.find("avx512");
        GivenSchedules given = given(machine, "schedule " + name + ":\n");
        Plan plan = model("machine/attention").compilation(Fusion.FUSED, given).plan();
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> given.requireKernels(plan));
        assertEquals(ScheduleCode.KERNEL, e.diagnostics().getFirst().code());
        assertEquals(
                "did you mean " + meant + "?", e.diagnostics().getFirst().hint().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({
        "machine/attention, i 32 -> i 16, j 128 -> j 37, score over i 2 -> score over i 1, acc over i 2 -> acc over i 1",
        "machine/attention, order i down -> order i up, trim j 8 -> trim j 3, score over j 12 -> score over j 5, grain 4 -> grain 1",
        "machine/attention, 'k, v in place -> k local; v in place', register 1 . lane -> register 2 . lane, j 128 -> j 64, i 32 -> i 64",
        "machine/attention, 'score local -> score, shift local', 'newMax, shift, -> newMax,', grain 4 -> grain 2, trim j 8 -> trim j 16",
        "machine/product, m 48 -> m 31, k 1024 -> k 100, acc over m 6 -> acc over m 7, acc over n 4 -> acc over n 2",
        "machine/product, 'left, right in place -> left, right local', acc over m 6 -> acc over m 1, m 48 -> m 7, fetch right 3 -> // none",
        "machine/product, fetch right 3 -> fetch right 1, m 48 -> m 31, band m 4 -> band m 2, k 1024 -> k 300",
        "machine/product, fetch right 3 -> fetch right 3 prefetch right 1, m 48 -> m 67, band m 4 -> band m 2, k 1024 -> k 300",
        "machine/product, fetch right 3 -> prefetch right 3, m 48 -> m 70, acc over m 6 -> acc over m 5, acc over n 4 -> acc over n 1"
    })
    void aChangedScheduleOfAProcessorMeansTheSame(String name, String a, String b, String c, String d) {
        HeddleModel model = model(name);
        Processor processor = ((Processor) MachineFiles.find("avx512")).withCores(2);
        GivenSchedules given = given(processor, changed(processor, name, a, b, c, d));
        Plan plan = model.compilation(Fusion.FUSED, given).plan();
        Map<String, Long> lengths = Map.of("N", 67L);
        Map<String, Tensor> weights = Draw.USUAL.weights(model, lengths, SEED);
        String place = String.join("; ", name, a, b, c, d);
        new ProcessorResults(processor, classes, SEED).check(model, plan, weights, lengths, place);
    }

    @ParameterizedTest
    @CsvSource({
        "j 32 -> j 16, j register 4 . thread 8 -> j register 2 . thread 8",
        "pitch q 1 -> stage d 16 pitch q 1, k 1 -> k 5",
        "i 64 -> i 16, thread 8 . register 8 -> thread 8 . register 2"
    })
    void aChangedScheduleOfADeviceMeansTheSame(String a, String b) {
        HeddleModel model = model("machine/attention");
        Device device = (Device) MachineFiles.find("h100");
        GivenSchedules given = given(device, changed(device, "machine/attention", a, b));
        Map<String, Long> lengths = Map.of("N", 67L);
        Conformance.of(model.declaration().graph(), given, TornadoTarget.of(device))
                .check(Draw.USUAL.inputs(model, lengths, SEED), lengths, "lengths " + lengths + ", seed " + SEED);
    }

    /** Of blocks that make up the lengths, and of such that do not. */
    @ParameterizedTest
    @CsvSource({"32, 64, 48, k 16", "33, 65, 17, k 16", "1, 5, 130, k 7", "130, 16, 129, k 16"})
    void blocksOfSumsMeanTheSame(long m, long k, long n, String cut) throws IOException {
        Path file = Files.writeString(classes.resolve("product.heddle"), """
                dim M, K, N
                input a: f32[2, M, K]
                input b: f32[2, K, N]
                output y = a @ b
                """);
        HeddleModel model = Heddle.model(file);
        Device device = (Device) MachineFiles.find("h100");
        String chosen = listing(model.compilation(Fusion.FUSED, policy(device)).plan());
        assertTrue(chosen.contains("k 16\n"), chosen);
        String changed = chosen.replace("k 16\n", cut + "\n");
        Map<String, Long> lengths = Map.of("M", m, "K", k, "N", n);
        Conformance.of(model.declaration().graph(), given(device, changed), TornadoTarget.of(device))
                .check(Draw.USUAL.inputs(model, lengths, SEED), lengths, "lengths " + lengths + ", seed " + SEED);
    }
}
