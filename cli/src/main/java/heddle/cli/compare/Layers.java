package heddle.cli.compare;

import heddle.cli.compare.ComparedGraph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * The iterations of the second report's outermost loops, by their paths.
 *
 * @param equal in which no node is new, gone or changed
 * @param other all others
 */
record Layers(List<String> equal, List<String> other) {
    private static final int NONE = -1;

    static Layers of(
            ComparedReport a,
            ComparedReport b,
            ComparedGraph graphA,
            ComparedGraph graphB,
            GraphDifference difference) {
        int[] inA = a.iterationOf();
        int[] inB = b.iterationOf();
        // Where the nodes of an iteration of the first report are now.
        Map<Integer, Integer> now = new HashMap<>();
        difference.pairs().forEach((x, y) -> {
            int before = iteration(inA, graphA.node(graphA.position(x)));
            if (before != NONE) {
                now.put(before, iteration(inB, graphB.node(graphB.position(y))));
            }
        });
        Set<Integer> differing = new HashSet<>();
        difference.added().forEach(n -> touched(graphB, n, inB, differing::add));
        difference.changed().forEach(c -> touched(graphB, c.now(), inB, differing::add));
        difference.removed().forEach(n -> touched(graphA, n, inA, i -> differing.add(now.getOrDefault(i, NONE))));
        Layers layers = new Layers(new ArrayList<>(), new ArrayList<>());
        b.iterations().forEach((scope, path) -> (differing.contains(scope) ? layers.other : layers.equal).add(path));
        return layers;
    }

    /** The iterations that a node belongs to: weights and constants are shared, and belong to those that read them. */
    private static void touched(ComparedGraph graph, Node node, int[] iterations, IntConsumer seen) {
        if (node.isPort()) {
            graph.uses(graph.position(node.id()))
                    .forEach(u -> seen.accept(iteration(iterations, graph.node(u.user()))));
        } else {
            seen.accept(iteration(iterations, node));
        }
    }

    private static int iteration(int[] of, Node node) {
        if (node.scope() < 0 || node.scope() >= of.length) {
            throw new Fields.Damaged("graph.nodes.scope has a scope that is not there");
        }
        return of[node.scope()];
    }
}
