package heddle.compiler.explain;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Given;
import heddle.compiler.op.Input;
import heddle.compiler.op.Weight;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.report.CapturedPart;
import heddle.compiler.report.CapturedPart.Role;
import heddle.compiler.report.WrittenAttention;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Models of one attention each, as written and as fused. Values that are computed beforehand become inputs, named after
 * their role.
 */
final class StandaloneAttention {
    private static final String RESULT = "result";

    private final WrittenAttention written;
    private final Graph.Builder builder;
    private final Map<Value, Value> known = new HashMap<>();
    private final Set<String> names = new HashSet<>(Set.of(RESULT));

    private StandaloneAttention(WrittenAttention written) {
        this.written = written;
        this.builder = new Graph.Builder("attention");
        for (Node node : written.graph().nodes()) {
            switch (node.op()) {
                case Input input -> names.add(input.key());
                case Weight weight -> names.add(weight.key());
                default -> {}
            }
        }
        written.operands().forEach(this::operand);
    }

    /**
     * The model of one operation, of the kind that fusion makes.
     *
     * @param operands what the model calls what it reads, by slot
     */
    record Fused(Graph graph, List<String> operands) {
        Fused {
            operands = List.copyOf(operands);
        }
    }

    /** One operation, of the kind that fusion makes. */
    static Fused fused(WrittenAttention written) {
        StandaloneAttention model = new StandaloneAttention(written);
        List<Value> operands = written.operands().stream().map(model.known::get).toList();
        FusedAttention op = written.folded().call().op();
        Graph graph = model.finish(model.builder.add(op, operands, Origin.NONE).value());
        return new Fused(graph, operands.stream().map(StandaloneAttention::name).toList());
    }

    private static String name(Value value) {
        return switch (value.node().op()) {
            case Input input -> input.key();
            case Weight weight -> weight.key();
            default -> value.node().op().name();
        };
    }

    /** All the operations that fusion replaced. */
    static Graph unfused(WrittenAttention written) {
        StandaloneAttention model = new StandaloneAttention(written);
        for (Node node : written.nodes()) {
            List<Value> operands =
                    written.graph().operands(node).stream().map(model::operand).toList();
            model.known.put(node.value(), model.builder.copy(node, operands).value());
        }
        return model.finish(model.known.get(written.folded().root().value()));
    }

    private Graph finish(Value result) {
        builder.output(RESULT, result);
        return builder.build();
    }

    private Value operand(Value value) {
        return known.computeIfAbsent(value, v -> {
            Node node = v.node();
            boolean given = node.op() instanceof Given || node.op() instanceof Constant;
            return given
                    ? builder.copy(node, List.of()).value()
                    : builder.value(new Input(unique(role(v)), v.type()), node.origin());
        });
    }

    /** {@code q}, {@code mask}; {@code kv} for what is read as both. */
    private String role(Value value) {
        List<CapturedPart> read =
                written.parts().stream().filter(p -> written.reads(p, value)).toList();
        String product = String.join(
                "",
                read.stream()
                        .map(CapturedPart::role)
                        .filter(r -> r.compareTo(Role.V) <= 0)
                        .map(Role::toString)
                        .distinct()
                        .toList());
        return !product.isEmpty()
                ? product
                : read.isEmpty()
                        ? value.node().op().name()
                        : read.getFirst().role().toString();
    }

    private String unique(String name) {
        String candidate = name;
        for (int n = 2; !names.add(candidate); n++) {
            candidate = name + n;
        }
        return candidate;
    }
}
