package heddle.compiler.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
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
                  place q, acc, rowMax, rowSum, score local; k, v in place; blockMax, newMax, shift, rescale, blockSum, scale register
                  bind i register 1 . lane
                  unroll score over j 12, score over i 2, acc over e 12, acc over i 2, blockMax over j 4
                  trim j 8
                  grain 4
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
    void keysHaveNoBands() {
        assertTrue(refusal(new Choice.Band(LoopId.of(J), 4)).endsWith("its blocks depend on each other"));
    }

    @Test
    void aBandIsOfTheInnermostParallelLoop() {
        assertTrue(refusal(new Choice.Band(LoopId.of(H), 4))
                .endsWith("only the innermost of several parallel loops goes in bands"));
        assertTrue(refusal(new Choice.Band(LoopId.of(I), 0)).endsWith("a band has no blocks"));
    }

    @Test
    void whatChangesIsNotReadInPlace() {
        assertEquals(
                "the schedule of softmax#1 is not legal: Place[tile=acc, place=IN_PLACE]: it is not an element of a buffer in rows, nor in two or four parts of each block",
                refusal(new Choice.Place("acc", TilePlace.IN_PLACE)));
    }

    @Test
    void whatIsUnrolledGoesOverTheAxis() {
        assertTrue(refusal(new Choice.Unroll("acc", "d", 4)).endsWith("no statement that changes acc goes over d"));
        assertTrue(refusal(new Choice.Unroll("acc", "e", 0)).endsWith("it computes nothing"));
        ScheduleVerifier.verify(with(new Choice.Unroll("blockSum", "j", 4)));
    }

    @Test
    void whatIsTrimmedHasAMask() {
        assertTrue(refusal(new Choice.Trim(LoopId.of(H), 8)).endsWith("the loop has no mask"));
        assertTrue(refusal(new Choice.Trim(LoopId.of(J), 0)).endsWith("blocks are narrowed by nothing"));
    }

    @Test
    void slicesAndPitchesAreThoseOfProducts() {
        assertTrue(refusal(new Choice.Stage("h", 8)).endsWith("no product sums over h"));
        assertTrue(refusal(new Choice.Pitch("rowMax", 1)).contains("the tile is no factor of a product"));
        ScheduleVerifier.verify(with(new Choice.Stage("j", 8), new Choice.Pitch("k", 1)));
    }

    @Test
    void whatIsFetchedIsReadInPlaceAndShared() {
        assertTrue(refusal(new Choice.Fetch("k", 0)).endsWith("products have a row at least"));
        assertTrue(refusal(new Choice.Fetch("rowMax", 3)).endsWith("it is no factor that is read in place"));
        assertTrue(refusal(new Choice.Fetch("nothing", 3)).contains("the program has no such tile"));
        assertTrue(refusal(new Choice.Fetch("k", 3)).endsWith("blocks of the innermost parallel loop do not share it"));
    }

    @Test
    void groupsAreOfParallelLoopsAndOutermost() {
        var group = new Choice.Factor(Choice.Level.GROUP, 0);
        var thread = new Choice.Factor(Choice.Level.THREAD, 8);
        var lane = new Choice.Factor(Choice.Level.LANE, 0);
        ScheduleVerifier.verify(with(new Choice.Bind("i", List.of(group, thread))));
        assertTrue(refusal(new Choice.Bind("j", List.of(group, thread))).contains("the blocks of j do not"));
        assertTrue(refusal(new Choice.Bind("i", List.of(thread, group))).endsWith("are around everything else"));
        assertTrue(refusal(new Choice.Bind("i", List.of(lane, thread))).endsWith("lanes are innermost"));
        assertTrue(refusal(new Choice.Bind("i", List.of(thread, thread))).endsWith("a level occurs twice"));
        assertTrue(refusal(new Choice.Bind("i", List.of())).endsWith("the chain is empty"));
        assertTrue(refusal(new Choice.Bind("z", List.of(thread))).endsWith("the program has no such axis"));
        assertTrue(refusal(new Choice.Grain(0)).endsWith("a thread takes no piece"));
    }

    @Test
    void registerBlocksFitInRegistersAndBlocks() {
        for (Choice change : List.of(new Choice.Unroll("acc", "e", 16), new Choice.Unroll("acc", "i", 3))) {
            TileKernel kernel = with(change);
            ProgramFacts facts = new ProgramFacts(kernel.program());
            ScheduleVerifier.verify(kernel, facts);
            assertThrows(IllegalSchedule.class, () -> SchedulePolicy.PROCESSOR.verify(kernel, facts), change::toString);
        }
    }

    @Test
    void aChoiceNamesWhatTheProgramHas() {
        assertEquals(
                "the schedule of softmax#1 is not legal: Cut[loop=z, size=4]: the program has no such loop; it has h, i, e, j",
                refusal(new Choice.Cut(new LoopId("z"), new Choice.Size.Blocks(4))));
        assertEquals(
                "the schedule of softmax#1 is not legal: Place[tile=z, place=LOCAL]: the program has no such tile; it has q, acc,"
                        + " rowMax, rowSum, k, score, blockMax, newMax, shift, rescale, blockSum, v, scale",
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
