package heddle.runtime.input;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Dropout;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Input;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.StopGradient;
import heddle.compiler.op.Weight;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Scatter;
import heddle.compiler.op.layout.ScatterAlong;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the integers of a graph follow from one another, and the range of each for a range of what is given. */
final class IntegerFlow {
    private final Graph graph;
    private final Map<String, Long> lengths;

    IntegerFlow(Graph graph, Map<String, Long> lengths) {
        this.graph = graph;
        this.lengths = lengths;
    }

    /** The name of an input or weight; empty for other nodes. */
    static Optional<String> key(Node node) {
        return switch (node.op()) {
            case Input input -> Optional.of(input.key());
            case Weight weight -> Optional.of(weight.key());
            default -> Optional.empty();
        };
    }

    /** The operands whose integers a result is made of; an index picks elements and is not one of them. */
    List<Value> parts(Node node) {
        List<Value> operands = graph.operands(node);
        if (!node.type().dtype().isInt()) {
            return List.of();
        }
        return switch (node.op()) {
            case Gather g -> operands.subList(0, 1);
            case TakeAlong t -> operands.subList(0, 1);
            case Scatter s -> operands.subList(0, 1);
            case ScatterAlong s -> operands.subList(0, 1);
            case Elementwise e -> e.fn().arity() == 3 ? operands.subList(1, 3) : operands;
            default -> operands;
        };
    }

    /** The range of every node of integers that has a known one. @param given by the name of an input or weight */
    Map<Node, IntegerRange> ranges(Map<String, IntegerRange> given) {
        Map<Node, IntegerRange> known = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node.type().dtype().isInt()) {
                range(node, given, known).ifPresent(r -> known.put(node, r));
            }
        }
        return known;
    }

    private Optional<IntegerRange> range(Node node, Map<String, IntegerRange> given, Map<Node, IntegerRange> known) {
        if (key(node).isPresent()) {
            return Optional.ofNullable(given.get(key(node).get()));
        }
        List<Value> parts = parts(node);
        boolean flags = node.op() instanceof Cast && parts.getFirst().type().dtype() == DType.BOOL;
        List<IntegerRange> ranges = flags
                ? List.of(new IntegerRange(0, 1))
                : parts.stream()
                        .filter(v -> known.containsKey(v.node()))
                        .map(v -> known.get(v.node()))
                        .toList();
        try {
            return flags || ranges.size() == parts.size() ? range(node, ranges) : Optional.empty();
        } catch (ArithmeticException overflow) {
            return Optional.empty();
        }
    }

    private Optional<IntegerRange> range(Node node, List<IntegerRange> parts) {
        return switch (node.op()) {
            case Constant c ->
                Optional.of(IntegerRange.hull(c.values().stream()
                        .map(v -> IntegerRange.of(v.longValue()))
                        .toList()));
            case Iota i -> length(i.length()).map(n -> new IntegerRange(0, Math.max(n - 1, 0)));
            case Pad p -> Optional.of(IntegerRange.hull(List.of(parts.getFirst(), IntegerRange.of((long) p.value()))));
            case Elementwise e -> applied(e, parts);
            case Concat c -> Optional.of(IntegerRange.hull(parts));
            case Reduce r ->
                r.kind() == Reduction.MAX || r.kind() == Reduction.MIN
                        ? Optional.of(parts.getFirst())
                        : Optional.empty();
            case Cast c -> Optional.of(parts.getFirst());
            case Gather g -> Optional.of(parts.getFirst());
            case TakeAlong t -> Optional.of(parts.getFirst());
            case Reshape r -> Optional.of(parts.getFirst());
            case Permute p -> Optional.of(parts.getFirst());
            case Expand x -> Optional.of(parts.getFirst());
            case Slice s -> Optional.of(parts.getFirst());
            case Dropout d -> Optional.of(parts.getFirst());
            case StopGradient s -> Optional.of(parts.getFirst());
            default -> Optional.empty();
        };
    }

    private static Optional<IntegerRange> applied(Elementwise elementwise, List<IntegerRange> parts) {
        IntegerRange a = parts.getFirst();
        IntegerRange b = parts.getLast();
        boolean divides = b.isPoint() && b.low() > 0;
        return switch (elementwise.fn()) {
            case NEG -> Optional.of(a.negated());
            case ABS -> Optional.of(a.max(a.negated()).max(IntegerRange.of(0)));
            case ADD -> Optional.of(a.plus(b));
            case SUB -> Optional.of(a.plus(b.negated()));
            case MUL -> Optional.of(a.times(b));
            case MIN -> Optional.of(a.min(b));
            case MAX -> Optional.of(a.max(b));
            case FLOOR_DIV -> divides ? Optional.of(a.dividedBy(b.low())) : Optional.empty();
            case MOD -> divides ? Optional.of(a.modulo(b.low())) : Optional.empty();
            case SELECT -> Optional.of(IntegerRange.hull(parts));
            default -> Optional.empty();
        };
    }

    /** A length, as far as the symbols in it are known. */
    Optional<Long> length(Dim dim) {
        return lengths.keySet().containsAll(dim.symbols()) ? Optional.of(dim.evaluate(lengths)) : Optional.empty();
    }
}
