package heddle.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.ir.text.GraphTextTest;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GraphTest {
    private static final Graph GRAPH = GraphTextTest.read("""
            graph g {
              %0 = input {name = "x"} : f32[N]
              %1 = mul(%0, %0) : f32[N]
              %2 = exp(%0) : f32[N]
              %3 = add(%2, %1) : f32[N]
              output y = %3
              output z = %1
            }
            """);

    private static Node node(int id) {
        return GRAPH.nodes().get(id);
    }

    @Test
    void slotsAndUsersAreKept() {
        assertEquals(
                List.of(node(2), node(1)),
                GRAPH.operands(node(3)).stream().map(Value::node).toList());
        assertEquals(node(1).value(), GRAPH.operand(node(3), 1));
        assertEquals(List.of(node(1), node(2)), GRAPH.users(node(0)));
        assertEquals(List.of(), GRAPH.users(node(3)));
    }

    @Test
    void everyUseCounts() {
        assertEquals(3, GRAPH.useCount(node(0)));
        assertEquals(2, GRAPH.useCount(node(1)));
        assertEquals(1, GRAPH.useCount(node(3)));
    }

    @Test
    void ancestorsAreEverythingBefore() {
        assertEquals(Set.of(node(0), node(1), node(2)), GRAPH.ancestors(node(3)));
        assertEquals(Set.of(), GRAPH.ancestors(node(0)));
    }

    @Test
    void nodesOfOtherGraphsAreStrangers() {
        Node other = GraphTextTest.read("graph g { %0 = iota {length = 1} : i64[1] }")
                .nodes()
                .getFirst();
        assertFalse(GRAPH.contains(other));
        assertThrows(IllegalArgumentException.class, () -> GRAPH.users(other));
        Graph.Builder twice = new Graph.Builder("h");
        Value x = twice.copy(other, List.of()).value();
        twice.output("y", x);
        assertThrows(IllegalArgumentException.class, () -> twice.output("y", x));
    }

    @Test
    void whatARewriteLeavesOutMayNotBeRead() {
        Rewriter rewriter = new Rewriter(GRAPH);
        assertThrows(IllegalStateException.class, () -> rewriter.copy(node(1)));
        assertThrows(IllegalStateException.class, rewriter::finish);
        assertThrows(IllegalArgumentException.class, () -> rewriter.replace(node(0), List.of()));
    }
}
