package heddle.cli.compare;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The graph of one stage, with what a comparison needs of its nodes. */
final class ComparedGraph {
    /** What a node reads: a result of the node at a position. */
    record Operand(int node, int result) {}

    /** That a node reads a result of this one, at one of its slots. */
    record Use(int user, int slot, int result) {}

    /**
     * A node.
     *
     * @param id        its number in the report
     * @param kind      {@code input}, {@code weight}, {@code constant}, or empty
     * @param name      of an input or a weight, in quotes; else empty
     * @param form      attributes without names, each with its value, and the types
     * @param let       what the model calls its value; empty where it does not
     * @param scope     the number of its scope
     */
    record Node(
            int id,
            String path,
            String op,
            String kind,
            String name,
            List<String> form,
            String let,
            int scope,
            List<Operand> operands) {
        Node {
            form = List.copyOf(form);
            operands = List.copyOf(operands);
        }

        /** What it computes of its operands. */
        String signature() {
            return op + form;
        }

        /** Whether it is drawn at those that read it. */
        boolean isPort() {
            return kind.equals("weight") || kind.equals("constant");
        }
    }

    private final List<Node> nodes = new ArrayList<>();
    private final List<List<Use>> uses = new ArrayList<>();
    private final Map<Integer, Integer> positions = new LinkedHashMap<>();
    private final Map<String, Integer> outputs = new LinkedHashMap<>();
    private final List<Integer> order = new ArrayList<>();

    private ComparedGraph() {}

    /**
     * Reads the graph of a stage.
     *
     * @param section   {@code graph} of a report
     * @param withTypes whether types and attributes are looked at; those of models with other lengths always differ
     */
    static ComparedGraph read(Fields section, int stage, boolean withTypes) {
        ComparedGraph graph = new ComparedGraph();
        Columns columns = new Columns(section.object("nodes"));
        for (int id = 0; id < columns.count(); id++) {
            if (columns.isAlive(id, stage)) {
                graph.positions.put(id, graph.positions.size());
            }
        }
        for (int id : graph.positions.keySet()) {
            graph.nodes.add(columns.node(id, stage, withTypes, graph.positions));
            graph.uses.add(new ArrayList<>());
        }
        for (int user = 0; user < graph.nodes.size(); user++) {
            List<Operand> operands = graph.nodes.get(user).operands();
            for (int slot = 0; slot < operands.size(); slot++) {
                Operand read = operands.get(slot);
                graph.uses.get(read.node()).add(new Use(user, slot, read.result()));
            }
        }
        for (Fields output : section.objects("outputs")) {
            List<Integer> reads = output.numbers("reads");
            Integer position = stage < reads.size() ? graph.positions.get(reads.get(stage)) : null;
            if (position != null) {
                graph.outputs.put(output.text("name"), position);
            }
        }
        graph.sort();
        return graph;
    }

    /** Puts each node behind those that it reads. */
    private void sort() {
        int[] open = new int[nodes.size()];
        Deque<Integer> ready = new ArrayDeque<>();
        for (int n = 0; n < open.length; n++) {
            open[n] = nodes.get(n).operands().size();
            if (open[n] == 0) {
                ready.add(n);
            }
        }
        while (!ready.isEmpty()) {
            int next = ready.remove();
            order.add(next);
            for (Use use : uses.get(next)) {
                if (--open[use.user()] == 0) {
                    ready.add(use.user());
                }
            }
        }
        if (order.size() < open.length) {
            throw new Fields.Damaged("graph.nodes has a circle");
        }
    }

    /** In the order of the report. What follows takes positions in this list. */
    List<Node> nodes() {
        return nodes;
    }

    Node node(int position) {
        return nodes.get(position);
    }

    List<Use> uses(int position) {
        return uses.get(position);
    }

    /** Positions, each behind those of its operands. */
    List<Integer> order() {
        return order;
    }

    /** What each output reads. */
    Map<String, Integer> outputs() {
        return outputs;
    }

    /** The position of a node of the report; -1 when the stage does not have it. */
    int position(int id) {
        return positions.getOrDefault(id, -1);
    }

    /** The columns of the nodes of all stages. */
    private static final class Columns {
        private final Fields nodes;
        private final Map<String, List<?>> columns = new HashMap<>();

        Columns(Fields nodes) {
            this.nodes = nodes;
        }

        int count() {
            return column("path").size();
        }

        private List<?> column(String name) {
            return columns.computeIfAbsent(name, nodes::list);
        }

        private Object at(String name, int id) {
            if (id >= column(name).size()) {
                throw new Fields.Damaged("graph.nodes." + name + " ends too soon");
            }
            return column(name).get(id);
        }

        private List<?> list(String name, int id) {
            return Fields.list("graph.nodes." + name, at(name, id));
        }

        private String text(String name, int id) {
            return String.valueOf(at(name, id));
        }

        private static int number(Object value) {
            return Fields.whole("graph.nodes", value);
        }

        boolean isAlive(int id, int stage) {
            List<?> alive = list("alive", id);
            for (int i = 0; i + 1 < alive.size(); i += 2) {
                if (number(alive.get(i)) <= stage && stage < number(alive.get(i + 1))) {
                    return true;
                }
            }
            return false;
        }

        Node node(int id, int stage, boolean withTypes, Map<Integer, Integer> positions) {
            List<?> form = form(id, stage);
            String name = "";
            List<String> attributes = new ArrayList<>();
            for (Object attribute : Fields.list("graph.nodes.attributes", form.get(0))) {
                List<?> pair = Fields.list("graph.nodes.attributes", attribute);
                if (pair.size() != 2) {
                    throw new Fields.Damaged("graph.nodes.attributes has no pairs");
                }
                if (pair.get(0).equals("name")) {
                    name = String.valueOf(pair.get(1));
                } else if (withTypes && !pair.get(0).equals("ordinal")) {
                    attributes.add(pair.get(0) + " " + pair.get(1));
                }
            }
            if (withTypes) {
                attributes.add("type " + form.get(1));
            }
            return new Node(
                    id,
                    text("path", id),
                    text("op", id),
                    text("kind", id),
                    name,
                    attributes,
                    text("let", id),
                    number(at("scope", id)),
                    operands(id, stage, positions));
        }

        /** Attributes and types as they are at a stage: the first form that a later one replaced, else the last. */
        private List<?> form(int id, int stage) {
            if (nodes.has("forms")) {
                for (Object form : list("forms", id)) {
                    List<?> before = Fields.list("graph.nodes.forms", form);
                    if (before.size() == 3 && stage < number(before.get(0))) {
                        return before.subList(1, 3);
                    }
                }
            }
            return List.of(list("attributes", id), list("types", id));
        }

        private List<Operand> operands(int id, int stage, Map<Integer, Integer> positions) {
            List<?> read = list("operands", id);
            List<?> earlier = list("earlier", id);
            for (int i = 0; i < earlier.size(); i++) {
                List<?> version = Fields.list("graph.nodes.earlier", earlier.get(i));
                if (version.size() == 2 && (i == 0 || number(version.get(0)) <= stage)) {
                    read = Fields.list("graph.nodes.earlier", version.get(1));
                }
            }
            List<Operand> operands = new ArrayList<>();
            for (Object o : read) {
                boolean pair = o instanceof List<?> list && list.size() == 2;
                Integer position = positions.get(number(pair ? ((List<?>) o).get(0) : o));
                if (position == null) {
                    throw new Fields.Damaged("graph.nodes.operands: node " + id + " reads a node that is not there");
                }
                operands.add(new Operand(position, pair ? number(((List<?>) o).get(1)) : 0));
            }
            return operands;
        }
    }
}
