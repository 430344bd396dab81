package heddle.tests.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.schedule.GivenSchedules;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.scheduled.ActionListing;
import heddle.compiler.scheduled.ProcessorScheduler;
import heddle.compiler.tile.ScheduleListing;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.ScheduleReader;
import heddle.dsl.source.SourceFile;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import heddle.runtime.machine.MachineFiles;
import heddle.runtime.tensor.Tensor;
import heddle.tests.fusion.Draw;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products whose blocks of columns have several panels of a weight, which few rows read side by side. */
class PanelsSideBySideTest {
    private static final long SEED = 1911;

    @TempDir
    static Path classes;

    private static Processor processor(String machine) {
        return ((Processor) MachineFiles.find(machine)).withCores(1);
    }

    private static HeddleModel model(String type, int terms, int columns, String stored) {
        return Heddle.model(ModelSource.text("product", """
                dim M
                input x: %1$s[M, %2$d]
                output y = (x @ weight "w" : %1$s[%2$d, %3$d] %4$s) + weight "b" : %1$s[%3$d]
                """.formatted(type, terms, columns, stored)), Map.of());
    }

    private static void check(Processor processor, HeddleModel model, Plan plan, String place) {
        long[] rows = IntStream.of(1, 2, 3, 5, 7, 13, 48, 51).asLongStream().toArray();
        for (long m : rows) {
            Map<String, Long> lengths = Map.of("M", m);
            Map<String, Tensor> weights = new HashMap<>(Draw.USUAL.weights(model, lengths, SEED));
            weights.replaceAll((name, weight) -> whole(weight));
            new ProcessorResults(processor, classes, SEED).check(model, plan, weights, lengths, place + ", M=" + m);
        }
    }

    /** Whole numbers are exact in every form of a weight. */
    private static Tensor whole(Tensor weight) {
        double[] elements = new double[weight.size()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = Math.clamp(Math.round(4 * weight.element(i)), -8, 7);
        }
        return Tensor.of(elements, weight.shape()).cast(weight.dtype());
    }

    private static String actions(Plan plan, Processor processor) {
        return plan.launches().stream()
                .map(k -> ActionListing.of(ProcessorScheduler.schedule(k, processor.lanes())))
                .collect(Collectors.joining("\n"));
    }

    private static Plan plan(HeddleModel model, SchedulePolicy policy) {
        return model.compilation(Fusion.FUSED, policy).plan();
    }

    @ParameterizedTest
    @CsvSource({
        "avx2, f32, 6; 4 rows x 2; 2 rows x 4; 1 rows x 8",
        "avx2, f64, 6; 4 rows x 2; 2 rows x 4; 1 rows x 8",
        "neon, f32, 6; 4 rows x 4; 2 rows x 8; 1 rows x 16",
        "avx512, f32, 6; 4; 2; 1 rows x 4"
    })
    void fewRowsReadSeveralPanels(String machine, String type, String registers) {
        Processor processor = processor(machine);
        HeddleModel model = model(type, 4096, 128, "");
        String actions = actions(plan(model, SchedulePolicy.of(processor)), processor);
        assertTrue(actions.contains("registers " + registers.replace(';', ',')), actions);
    }

    @ParameterizedTest
    @CsvSource({
        "avx2, f32, ''",
        "avx2, f32, as bf16",
        "avx2, f32, as f16",
        "avx2, f32, as i8",
        "avx2, f64, ''",
        "neon, f32, ''",
        "neon, f32, as bf16",
        "neon, f32, as i8"
    })
    void resultsAreThoseOfTheModel(String machine, String type, String stored) {
        Processor processor = processor(machine);
        int[][] lengths = {{1, 64}, {66, 32}, {66, 64}, {66, 80}, {66, 96}, {1029, 128}};
        for (int[] termsAndColumns : lengths) {
            int terms = termsAndColumns[0];
            int columns = termsAndColumns[1];
            HeddleModel model = model(type, terms, columns, stored);
            String place = machine + ", " + type + " " + stored + ", " + terms + " terms, " + columns + " columns";
            Plan plan = plan(model, SchedulePolicy.of(processor));
            boolean isWide = columns % 32 == 0
                    && columns > 32
                    && terms > 1
                    && !stored.equals("as f16")
                    && !(machine + stored).equals("neonas i8");
            assertEquals(isWide, actions(plan, processor).contains("6, 4 rows x"), place);
            check(processor, model, plan, place);
        }
    }

    /** Where terms are prefetched, or read ahead, blocks have one panel, or several of which none is read ahead. */
    @ParameterizedTest
    @CsvSource({"8, 16, true, ''", "16, 16, false, ''", "16, 16, true, ''", "16, 16, true, as bf16", "16, 32, false, ''"
    })
    void nothingOfSeveralPanelsIsEarly(int lanes, int registers, boolean prefetches, String stored) {
        var processor = new Processor("mine", lanes, registers, 2, 1, 32 << 10, 512 << 10, prefetches);
        String chosen = listing(plan(model("f32", 4096, 4096, stored), SchedulePolicy.of(processor)));
        boolean isEarly = chosen.contains("fetch right");
        assertEquals(prefetches || registers == 32, isEarly, chosen);
    }

    /** Whole numbers have no vectors, so that nothing is gained by several panels. */
    @ParameterizedTest
    @ValueSource(strings = {"i32", "i64"})
    void wholeNumbersAreReadFromOnePanel(String type) {
        Processor avx2 = processor("avx2");
        HeddleModel model = model(type, 66, 128, "");
        Plan plan = plan(model, SchedulePolicy.of(avx2));
        assertTrue(listing(plan).contains("cut n 16"), listing(plan));
        check(avx2, model, plan, type);
    }

    /** A schedule may have any number of panels in a block. */
    @ParameterizedTest
    @CsvSource({"16, 2", "32, 1", "32, 2", "32, 4", "64, 1", "64, 4"})
    void blocksOfAScheduleHaveAnyNumberOfPanels(int columns, int vectors) {
        Processor avx2 = processor("avx2");
        SchedulePolicy policy = SchedulePolicy.of(avx2);
        for (String stored : List.of("", "as bf16", "as f16", "as i8", "as i4")) {
            HeddleModel model = model("f32", 66, 128, stored);
            String chosen = listing(plan(model, policy));
            assertTrue(chosen.matches("(?s).*cut n (16|64).*acc over n 2.*"), chosen);
            String changed = chosen.replaceFirst("cut n (16|64)", "cut n " + columns)
                    .replace("acc over m 6, acc over n 2", "acc over m 2, acc over n " + vectors);
            check(avx2, model, plan(model, given(policy, changed)), stored + " " + columns + " x " + vectors);
        }
    }

    /** Panels that are read in place make up blocks: a block that ends within a panel has no address. */
    @Test
    void blocksHaveWholePanels() {
        Processor avx2 = processor("avx2");
        SchedulePolicy policy = SchedulePolicy.of(avx2);
        HeddleModel model = model("f32", 66, 80, "");
        String chosen = listing(plan(model, policy));
        assertTrue(chosen.contains("cut n 16"), chosen);
        GivenSchedules given = given(policy, chosen.replace("cut n 16", "cut n 32"));
        var illegal = assertThrows(DiagnosticException.class, () -> plan(model, given));
        assertTrue(illegal.getMessage().contains("it is not an element of a buffer in rows"), illegal.getMessage());
    }

    /** Threads share out the columns of few rows, so that many of them leave blocks narrow. */
    @ParameterizedTest
    @CsvSource({"1, 64", "2, 64", "4, 32", "8, 16", "64, 16"})
    void threadsHaveBlocksEach(int threads, int columns) {
        SchedulePolicy policy = SchedulePolicy.of(processor("avx2").withCores(threads));
        String chosen = listing(plan(model("f32", 64, 256, ""), policy));
        assertTrue(chosen.contains("cut n " + columns), chosen);
    }

    private static String listing(Plan plan) {
        return plan.launches().stream().map(ScheduleListing::of).collect(Collectors.joining("\n"));
    }

    private static GivenSchedules given(SchedulePolicy policy, String schedules) {
        return new GivenSchedules(policy, ScheduleReader.read(new SourceFile("mine.txt", schedules)));
    }
}
