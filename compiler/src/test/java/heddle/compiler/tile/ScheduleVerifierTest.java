package heddle.compiler.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.op.AttentionDefinition;
import heddle.compiler.op.AttentionResult;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScheduleVerifierTest {
    private static final Dim N = Dim.symbol("N");
    private static final Axis H = new Axis("h", Dim.of(8));
    private static final Axis I = new Axis("i", N);
    private static final Axis J = new Axis("j", N);
    private static final Axis D = new Axis("d", Dim.of(64));
    private static final Axis E = new Axis("e", Dim.of(64));

    private static ScalarExpr element(String name, Axis... index) {
        Buffer buffer = new Buffer(
                name,
                new TensorType(
                        DType.F32,
                        new Shape(List.of(index).stream().map(Axis::extent).toList())));
        return new ScalarExpr.Element(buffer, address(buffer, index));
    }

    private static ScalarExpr address(Buffer buffer, Axis... index) {
        return IndexSimplifier.address(
                buffer.type().shape(),
                List.of(index).stream().map(ScalarExpr::of).toList());
    }

    /** Causal attention over eight heads. */
    private static Attention attention() {
        var raw = new ScalarExpr.Variable("score", DType.F32);
        Buffer o = ((ScalarExpr.Element) element("o", H, I, E)).buffer();
        return new Attention(
                new AttentionDefinition(
                        List.of(H),
                        I,
                        J,
                        D,
                        E,
                        element("queries", H, I, D),
                        element("keys", H, J, D),
                        element("values", H, J, E),
                        Annihilating.NEITHER,
                        raw,
                        raw,
                        Optional.of(ScalarExpr.apply(ScalarFn.LE, ScalarExpr.of(J), ScalarExpr.of(I))),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        false),
                List.of(new Attention.Store(AttentionResult.Kind.OUTPUT, o, address(o, H, I, E))));
    }

    private static TileKernel with(Choice... changes) {
        KernelSchedule schedule = SchedulePolicy.PROCESSOR.schedule(attention());
        for (Choice change : changes) {
            schedule = schedule.with(change);
        }
        return new TileKernel(attention().program("softmax#1", List.of()), schedule);
    }

    private static String refusal(Choice change) {
        return assertThrows(IllegalSchedule.class, () -> ScheduleVerifier.verify(with(change)))
                .getMessage();
    }

    @Test
    void whatAPolicyChoosesIsListed() {
        TileKernel kernel = with();
        ScheduleVerifier.verify(kernel);
        assertEquals("""
                schedule softmax#1:
                  cut h each, i 32, e whole, j 128
                  order i down
                  place q, acc, rowMax, rowSum, score, blockMax, newMax, shift, rescale, blockSum, scale local; k, v in place
                """, ScheduleListing.of(kernel));
    }

    @Test
    void headsAreCutIndexByIndexAlone() {
        ScheduleVerifier.verify(with(new Choice.Cut(LoopId.of(H), new Choice.Size.Each())));
        assertEquals(
                "the schedule of softmax#1 is not legal: cut h 4: its statements do not span h",
                refusal(new Choice.Cut(LoopId.of(H), new Choice.Size.Blocks(4))));
    }

    @Test
    void keysHaveNoOrder() {
        assertEquals(
                "the schedule of softmax#1 is not legal: Order[loop=j, direction=DOWN]: its blocks depend on each other",
                refusal(new Choice.Order(LoopId.of(J), Choice.Direction.DOWN)));
    }

    @Test
    void whatChangesIsNotReadInPlace() {
        assertEquals(
                "the schedule of softmax#1 is not legal: Place[tile=acc, place=IN_PLACE]: it is not an element of a buffer in rows",
                refusal(new Choice.Place("acc", TilePlace.IN_PLACE)));
    }

    @Test
    void aChoiceNamesWhatTheProgramHas() {
        assertEquals(
                "the schedule of softmax#1 is not legal: Cut[loop=z, size=4]: the program has no such loop",
                refusal(new Choice.Cut(new LoopId("z"), new Choice.Size.Blocks(4))));
        assertEquals(
                "the schedule of softmax#1 is not legal: Place[tile=z, place=LOCAL]: the program has no such tile",
                refusal(new Choice.Place("z", TilePlace.LOCAL)));
    }

    @Test
    void oneSubjectHasOneChoiceOfAKind() {
        Choice some = new Choice.Cut(LoopId.of(I), new Choice.Size.Blocks(4));
        Choice other = new Choice.Cut(LoopId.of(I), new Choice.Size.Whole());
        assertThrows(IllegalArgumentException.class, () -> new KernelSchedule(List.of(some, other)));
        assertEquals(1, KernelSchedule.NONE.with(some).with(other).choices().size());
    }
}
