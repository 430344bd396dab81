package heddle.compiler.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.op.Interpreter;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.MapPieces;
import heddle.compiler.type.DType;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
    void aConditionWithinAMapCutsIt() {
        List<MapFamily> maps = maps(graph("""
                %1 = neg(%0) : f32[N, 6]
                %2 = slice(%1) {starts = [0, 2], steps = [1, 1], lengths = [N, 4]} : f32[N, 4]
                %3 = slice(%0) {starts = [0, 0], steps = [1, 1], lengths = [N, 2]} : f32[N, 2]
                %4 = concat(%2, %3) {axis = 1} : f32[N, 6]
                %5 = mul(%4, %0) : f32[N, 6]
                %9 = add(%5, %0) : f32[N, 6]
                """));
        assertEquals(2, maps.size());
        maps.forEach(m -> assertEquals(false, chooses(m)));
    }

    @Test
    void otherAxesAndManyPiecesAreLeftWhole() {
        assertEquals(
                1, maps(graph("%9 = concat(%0, %0) {axis = 0} : f32[N + N, 6]")).size());
        String many = "%0, ".repeat(MapPieces.MOST) + "%0";
        assertEquals(
                1,
                maps(graph("%9 = concat(" + many + ") {axis = 1} : f32[N, " + 6 * (MapPieces.MOST + 1) + "]"))
                        .size());
    }

    private static List<String> addresses(List<MapFamily> maps) {
        return maps.stream().map(m -> m.address().toString()).toList();
    }
}
