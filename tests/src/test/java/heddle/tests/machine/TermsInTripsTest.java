package heddle.tests.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.schedule.GivenSchedules;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.ScheduleListing;
import heddle.dsl.parse.ScheduleReader;
import heddle.dsl.source.SourceFile;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import heddle.runtime.machine.MachineFiles;
import heddle.runtime.tensor.Tensor;
import heddle.tests.fusion.Draw;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products that take several terms in a trip of their loop, as on processors with 16 vector registers, add those that are left. */
class TermsInTripsTest {
    private static final long SEED = 1129;
    private static final Processor AVX2 = ((Processor) MachineFiles.find("avx2")).withCores(1);

    @TempDir
    static Path classes;

    private static void check(HeddleModel model, Plan plan, Map<String, Long> lengths, String place) {
        Map<String, Tensor> weights = Draw.USUAL.weights(model, lengths, SEED);
        weights.values().forEach(TermsInTripsTest::roundToWhole);
        new ProcessorResults(AVX2, classes, SEED).check(model, plan, weights, lengths, place);
    }

    /** Whole numbers are exact in every form of a weight. */
    private static void roundToWhole(Tensor weight) {
        float[] elements = weight.floats();
        for (int i = 0; i < elements.length; i++) {
            elements[i] = Math.round(8 * elements[i]);
        }
    }

    /** A mask takes as many keys off a block as a schedule says, four or not. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 8})
    void keysThatAMaskLeaves(int trim) {
        Map<String, Long> lengths = Map.of("N", 64L);
        HeddleModel model = Heddle.model(Path.of("src", "test", "resources", "machine", "attention.heddle"), lengths);
        SchedulePolicy policy = SchedulePolicy.of(AVX2);
        String chosen = model.compilation(Fusion.FUSED, policy).plan().launches().stream()
                .map(ScheduleListing::of)
                .collect(Collectors.joining("\n"));
        assertTrue(chosen.contains("trim j 8"), chosen);
        String changed = chosen.replace("trim j 8", "trim j " + trim);
        GivenSchedules given = new GivenSchedules(policy, ScheduleReader.read(new SourceFile("mine.txt", changed)));
        check(model, model.compilation(Fusion.FUSED, given).plan(), Map.of(), "trim j " + trim);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "as bf16", "as f16", "as i8"})
    void termsOfAProduct(String stored) {
        for (int terms : new int[] {1, 2, 3, 4, 5, 7, 66, 129}) {
            HeddleModel known = Heddle.model(ModelSource.text("product", """
                            dim M
                            input x: f32[M, %1$d]
                            output y = x @ weight "w" : f32[%1$d, 40] %2$s
                            """.formatted(terms, stored)), Map.of());
            for (long rows : new long[] {1, 6, 11}) {
                Plan plan =
                        known.compilation(Fusion.FUSED, SchedulePolicy.of(AVX2)).plan();
                check(known, plan, Map.of("M", rows), stored + ", " + terms + " terms, " + rows + " rows");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 6, 64, 67})
    void termsWhoseNumberIsNotKnown(long terms) {
        HeddleModel model = Heddle.model(ModelSource.text("product", """
                        dim M, K
                        input x: f32[M, K]
                        input w: f32[K, 40]
                        output y = x @ w
                        """), Map.of());
        Plan plan = model.compilation(Fusion.FUSED, SchedulePolicy.of(AVX2)).plan();
        check(model, plan, Map.of("M", 13L, "K", terms), terms + " terms");
    }
}
