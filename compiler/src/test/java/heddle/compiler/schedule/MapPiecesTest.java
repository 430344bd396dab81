package heddle.compiler.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.op.Interpreter;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.MapPieces;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class MapPiecesTest {
    private static final long SEED = 11;

    private static Graph graph(String body) {
        return GraphReader.read(
                new SourceFile(
                        "test.graph",
                        "graph pieces {\n%0 = input {name = \"x\"} : f32[N, 6]\n" + body + "\noutput y = %9\n}\n"),
                GraphCatalogue.PRIMITIVES);
    }

    /** The maps of a graph, whose results are those of the graph. */
    private static List<MapFamily> maps(Graph graph) {
        Random random = new Random(SEED);
        double[] x = random.doubles(7 * 6).map(r -> (float) (r - 0.5)).toArray();
        Map<String, NdArray> inputs = Map.of("x", new NdArray(DType.F32, new long[] {7, 6}, x));
        Map<String, Long> lengths = Map.of("N", 7L);
        Schedule schedule = Lower.fused(graph, SchedulePolicy.PROCESSOR);
        assertArrayEquals(
                new Interpreter(inputs, Map.of(), lengths).run(graph).get("y").data(),
                new ScheduleInterpreter(inputs, Map.of(), lengths)
                        .run(schedule)
                        .get("y")
                        .data(),
                "seed " + SEED);
        return schedule.launches().stream()
                .map(launch -> (MapFamily) launch.family())
                .toList();
    }

    private static boolean chooses(MapFamily map) {
        return ScalarExprs.any(map.body(), e -> e instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.SELECT);
    }

    @Test
    void whatIsJoinedAlongTheLastAxisIsComputedWhereItLies() {
        List<MapFamily> maps = maps(graph("""
                %1 = sin(%0) : f32[N, 6]
                %2 = cos(%0) : f32[N, 6]
                %9 = concat(%1, %2) {axis = 1} : f32[N, 12]
                """));
        assertEquals(2, maps.size(), "no kernel for the sine, the cosine and what joins them");
        maps.forEach(m -> assertEquals(false, chooses(m)));
        assertEquals(List.of("add(mul(x0, 12), x1)", "add(add(mul(x0, 12), x1), 6)"), addresses(maps));
    }

    @Test
    void columnsThatAlternateAreStoredAlternately() {
        List<MapFamily> maps = maps(graph("""
                %1 = sin(%0) : f32[N, 6]
                %2 = cos(%0) : f32[N, 6]
                %3 = reshape(%1) : f32[N, 6, 1]
                %4 = reshape(%2) : f32[N, 6, 1]
                %5 = concat(%3, %4) {axis = 2} : f32[N, 6, 2]
                %9 = reshape(%5) : f32[N, 12]
                """));
        assertEquals(List.of("add(mul(x0, 12), mul(x1, 2))", "add(add(mul(x0, 12), mul(x1, 2)), 1)"), addresses(maps));
    }

    @Test
    void aBroadcastPartIsComputedOnceBefore() {
        List<MapFamily> maps = maps(graph("""
                %1 = slice(%0) {starts = [0, 0], steps = [1, 1], lengths = [1, 6]} : f32[1, 6]
                %2 = sin(%1) : f32[1, 6]
                %3 = expand(%2) : f32[N, 6]
                %9 = concat(%0, %3) {axis = 1} : f32[N, 12]
                """));
        assertEquals(List.of("sin_1", "t_y", "t_y"), outputs(maps));
    }

    @Test
    void whatWeightsDecideIsComputedBefore() {
        Graph graph = graph("""
                %1 = weight {name = "w"} : f32[7, 6]
                %2 = sin(%1) : f32[7, 6]
                %3 = slice(%0) {starts = [0, 0], steps = [1, 1], lengths = [7, 6]} : f32[7, 6]
                %9 = concat(%3, %2) {axis = 1} : f32[7, 12]
                """);
        Schedule schedule = Lower.fused(graph, SchedulePolicy.PROCESSOR);
        assertEquals(
                List.of("sin~1"), schedule.prepare().stream().map(Launch::name).toList());
    }

    /** Joined tensors are cut at their joints, whatever conditions are within. */
    @Test
    void conditionsWithinPartsAddNoPiecesBeyondTheMost() {
        StringBuilder body = new StringBuilder();
        StringBuilder parts = new StringBuilder();
        for (int n = 0; n < MapPieces.MOST; n++) {
            int at = 10 + 4 * n;
            body.append("""
                    %%%d = sin(%%0) : f32[N, 6]
                    %%%d = cos(%%0) : f32[N, 6]
                    %%%d = concat(%%%d, %%%d) {axis = 1} : f32[N, 12]
                    """.formatted(at, at + 1, at + 2, at, at + 1));
            parts.append(n == 0 ? "%" : ", %").append(at + 2);
        }
        List<MapFamily> maps =
                maps(graph(body + "%9 = concat(" + parts + ") {axis = 1} : f32[N, " + 12 * MapPieces.MOST + "]"));
        assertEquals(
                MapPieces.MOST,
                maps.stream().filter(m -> m.output().name().equals("t_y")).count());
    }

    private static final Buffer X = buffer("x");

    private static Buffer buffer(String name) {
        return new Buffer(name, new TensorType(DType.F32, Shape.of(Dim.of(64))));
    }

    /** {@code y[i] = where(condition, x[63 - i], x[i])} over 64 indexes, and where it is cut. */
    private static List<String> cut(Function<ScalarExpr, ScalarExpr> condition) {
        ScalarExpr i = ScalarExpr.of(new Axis("i", Dim.of(64)));
        ScalarExpr turned = ScalarExpr.apply(ScalarFn.SUB, ScalarExpr.of(63), i);
        ScalarExpr body = ScalarExpr.apply(
                ScalarFn.SELECT, condition.apply(i), new ScalarExpr.Element(X, turned), new ScalarExpr.Element(X, i));
        MapFamily map = new MapFamily(List.of(new Axis("i", Dim.of(64))), buffer("y"), i, body);
        List<MapFamily> pieces = MapPieces.of(map, Optional.empty());
        pieces.forEach(piece -> assertEquals(
                pieces.size() == 1, chooses(piece), () -> piece.body().toString()));
        return pieces.stream()
                .map(piece -> piece.axes().getLast().extent().toString())
                .toList();
    }

    @Test
    void comparisonsCutWhereTheyChange() {
        ScalarExpr forty = ScalarExpr.of(40);
        assertEquals(List.of("40", "24"), cut(i -> ScalarExpr.apply(ScalarFn.LT, i, forty)));
        assertEquals(List.of("41", "23"), cut(i -> ScalarExpr.apply(ScalarFn.LE, i, forty)));
        assertEquals(List.of("41", "23"), cut(i -> ScalarExpr.apply(ScalarFn.GT, i, forty)));
        assertEquals(List.of("40", "24"), cut(i -> ScalarExpr.apply(ScalarFn.GE, i, forty)));
        assertEquals(List.of("41", "23"), cut(i -> ScalarExpr.apply(ScalarFn.LT, forty, i)));
        assertEquals(List.of("40", "24"), cut(i -> ScalarExpr.apply(ScalarFn.LE, forty, i)));
        assertEquals(List.of("40", "24"), cut(i -> ScalarExpr.apply(ScalarFn.GT, forty, i)));
        assertEquals(List.of("41", "23"), cut(i -> ScalarExpr.apply(ScalarFn.GE, forty, i)));
        assertEquals(
                List.of("20", "20", "24"),
                cut(i -> ScalarExpr.apply(
                        ScalarFn.AND,
                        ScalarExpr.apply(ScalarFn.GE, i, ScalarExpr.of(20)),
                        ScalarExpr.apply(ScalarFn.LT, i, forty))));
    }

    @Test
    void whatIsShorterThanAVectorIsNotCutOff() {
        assertEquals(List.of("64"), cut(i -> ScalarExpr.apply(ScalarFn.LT, i, ScalarExpr.of(15))));
        assertEquals(List.of("64"), cut(i -> ScalarExpr.apply(ScalarFn.LT, i, ScalarExpr.of(49))));
        assertEquals(List.of("16", "48"), cut(i -> ScalarExpr.apply(ScalarFn.LT, i, ScalarExpr.of(16))));
    }

    @Test
    void cheapChoicesDoNotCut() {
        List<MapFamily> maps = maps(graph("""
                %1 = pad(%0) {low = [0, 20], high = [0, 20], value = 0.0} : f32[N, 46]
                %2 = neg(%1) : f32[N, 46]
                %9 = add(%2, %1) : f32[N, 46]
                """));
        assertEquals(1, maps.size());
    }

    @Test
    void partsMayLieAlongAnyAxisAndBeOfAnyLength() {
        List<MapFamily> maps = maps(graph("""
                %1 = sin(%0) : f32[N, 6]
                %2 = cos(%0) : f32[N, 6]
                %9 = concat(%1, %2) {axis = 0} : f32[N + N, 6]
                """));
        assertEquals(List.of("add(mul(x0, 6), x1)", "add(add(mul(x0, 6), x1), (6*N))"), addresses(maps));
        maps.forEach(m -> assertEquals(false, chooses(m)));
    }

    @Test
    void nothingJoinedToNothingIsNothing() {
        Graph graph = graph("""
                %1 = slice(%0) {starts = [0, 0], steps = [1, 1], lengths = [N, 0]} : f32[N, 0]
                %9 = concat(%1, %1) {axis = 1} : f32[N, 0]
                """);
        assertEquals(1, maps(graph).size());
    }

    @Test
    void manyPartsAreLeftTogether() {
        String many = "%0, ".repeat(MapPieces.MOST) + "%0";
        assertEquals(
                1,
                maps(graph("%9 = concat(" + many + ") {axis = 1} : f32[N, " + 6 * (MapPieces.MOST + 1) + "]"))
                        .size());
    }

    private static List<String> outputs(List<MapFamily> maps) {
        return maps.stream().map(m -> m.output().name()).toList();
    }

    private static List<String> addresses(List<MapFamily> maps) {
        return maps.stream().map(m -> m.address().toString()).toList();
    }
}
