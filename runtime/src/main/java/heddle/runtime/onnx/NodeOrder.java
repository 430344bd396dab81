package heddle.runtime.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** Puts each node behind those that it reads; apart from that, nodes stay in the file's order. */
final class NodeOrder {
    private static final int MOST_NAMED = 6;

    private final List<OnnxNode> nodes;
    private final Set<String> outside;
    private final Map<String, Integer> definedBy = new HashMap<>();

    /**
     * @param outside what is there before any node: initialisers, inputs, and values of graphs around this one
     * @param given   those of them that are defined in this graph
     * @throws MalformedModel when two nodes define one name
     */
    NodeOrder(List<OnnxNode> nodes, Set<String> outside, Set<String> given) {
        this.nodes = nodes;
        this.outside = outside;
        for (int n = 0; n < nodes.size(); n++) {
            for (String output : nodes.get(n).outputs()) {
                if (!output.isEmpty() && (given.contains(output) || definedBy.put(output, n) != null)) {
                    throw new MalformedModel("the name " + OnnxName.quoted(output)
                            + " is defined twice, the second time by " + said(nodes.get(n)));
                }
            }
        }
    }

    /** @throws MalformedModel when a node reads what nothing defines, or nodes read each other's results in a circle */
    List<OnnxNode> sorted() {
        List<Set<Integer>> reads = new ArrayList<>();
        List<List<Integer>> readers = new ArrayList<>();
        nodes.forEach(n -> readers.add(new ArrayList<>()));
        for (int n = 0; n < nodes.size(); n++) {
            reads.add(reads(nodes.get(n)));
            for (int operand : reads.get(n)) {
                readers.get(operand).add(n);
            }
        }
        int[] missing = reads.stream().mapToInt(Set::size).toArray();
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int n = 0; n < missing.length; n++) {
            if (missing[n] == 0) {
                ready.add(n);
            }
        }
        List<OnnxNode> sorted = new ArrayList<>();
        while (!ready.isEmpty()) {
            int next = ready.remove();
            sorted.add(nodes.get(next));
            for (int reader : readers.get(next)) {
                if (--missing[reader] == 0) {
                    ready.add(reader);
                }
            }
        }
        if (sorted.size() < nodes.size()) {
            throw circle(reads, missing);
        }
        return sorted;
    }

    private Set<Integer> reads(OnnxNode node) {
        Set<Integer> operands = new LinkedHashSet<>();
        for (String name : operands(node)) {
            Integer definer = definedBy.get(name);
            if (definer != null) {
                operands.add(definer);
            } else if (!outside.contains(name)) {
                throw new MalformedModel(
                        said(node) + " reads " + OnnxName.quoted(name) + ", which nothing in the file defines");
            }
        }
        return operands;
    }

    /** What a node and the graphs in it read. */
    private static Set<String> operands(OnnxNode node) {
        Set<String> names = new LinkedHashSet<>(node.inputs());
        for (OnnxAttribute attribute : node.attributes().values()) {
            if (attribute instanceof OnnxAttribute.GraphValue held) {
                names.addAll(captured(held.value()));
            }
        }
        names.remove("");
        return names;
    }

    private static Set<String> captured(OnnxGraph graph) {
        Set<String> names = new LinkedHashSet<>();
        graph.nodes().forEach(n -> names.addAll(operands(n)));
        graph.outputs().forEach(o -> names.add(o.name()));
        Set<String> own = new HashSet<>(graph.initialisers().keySet());
        graph.inputs().forEach(i -> own.add(i.name()));
        graph.nodes().forEach(n -> own.addAll(n.outputs()));
        names.removeAll(own);
        return names;
    }

    /** Every node that is left reads one that is left, so that a walk from one to the next comes back. */
    private MalformedModel circle(List<Set<Integer>> reads, int[] missing) {
        List<Integer> walk = new ArrayList<>();
        int at = 0;
        while (missing[at] == 0) {
            at++;
        }
        int[] place = new int[nodes.size()];
        Arrays.fill(place, -1);
        while (place[at] < 0) {
            place[at] = walk.size();
            walk.add(at);
            at = reads.get(at).stream().filter(n -> missing[n] > 0).findFirst().orElseThrow();
        }
        List<Integer> circle = walk.subList(place[at], walk.size());
        StringBuilder text = new StringBuilder(
                circle.size() == 1 ? "a node reads its own result: " : "nodes read each other's results: ");
        circle.stream()
                .limit(MOST_NAMED)
                .forEach(n -> text.append(said(nodes.get(n))).append(" reads "));
        text.append(circle.size() > MOST_NAMED ? "… reads " : "").append(said(nodes.get(circle.getFirst())));
        return new MalformedModel(text.toString());
    }

    private static String said(OnnxNode node) {
        return "the " + node.qualifiedOperator() + " " + OnnxName.quoted(node.label());
    }
}
