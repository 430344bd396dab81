package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Weight;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Scales;
import heddle.compiler.type.Shape;
import heddle.compiler.type.StoredType;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes plain products of weights with scales, so that kernels know whole numbers and floats alone:
 *
 * <pre>
 * w                   → held · scales
 * x @ w,  per column  → (x @ held) · scales
 * x @ w,  per row     → (x · scales) @ held
 * </pre>
 *
 * A scale for each row of a product's result, or for each of its columns, is multiplied with the sum. A scale for each index that
 * is summed over belongs to the other factor, which has fewer elements than the weight, or is read as often. A scale of a
 * block stays with the numbers.
 */
public record ExpandStored() implements Pass {
    @Override
    public String name() {
        return "expand-stored";
    }

    @Override
    public Graph run(Graph graph) {
        boolean none = graph.nodes().stream()
                .noneMatch(n -> n.op() instanceof Weight w && w.held().scales().isPresent());
        return none ? graph : new Expansion(graph).run();
    }

    /** A weight's numbers and its scales in the new graph. */
    private record Parts(Value held, Value scales, Scales.Per per) {}

    /** A factor of a product: a weight, with its axes in some order. */
    private record Factor(Parts parts, Value held, List<Integer> order) {
        /** The letters that the scales' axes have, in their order. */
        String letters(String operand) {
            int rank = order.size();
            StringBuilder letters = new StringBuilder();
            for (int axis = 0; axis < rank; axis++) {
                if (axis != (parts.per == Scales.Per.ROW ? rank - 1 : rank - 2)) {
                    letters.append(operand.charAt(order.indexOf(axis)));
                }
            }
            return letters.toString();
        }
    }

    private static final class Expansion {
        private final Graph graph;
        private final Rewriter rewriter;
        private final Map<Node, Parts> weights = new HashMap<>();

        Expansion(Graph graph) {
            this.graph = graph;
            this.rewriter = new Rewriter(graph);
        }

        Graph run() {
            for (Node node : graph.nodes()) {
                Optional<Value> value = switch (node.op()) {
                    case Weight weight -> weight.held().scales().map(s -> weight(node, weight, s));
                    case Contract contract -> product(node, contract);
                    default -> Optional.empty();
                };
                value.ifPresentOrElse(v -> rewriter.replace(node, List.of(v)), () -> rewriter.copy(node));
            }
            return rewriter.finish();
        }

        private Value weight(Node node, Weight weight, Scales scales) {
            Graph.Builder out = rewriter.out();
            Origin origin = node.origin();
            Shape shape = weight.type().shape();
            StoredType stored = new StoredType(weight.held().stored());
            Value held = out.value(new Weight(weight.key(), weight.type(), stored), origin.part("held"));
            TensorType type = new TensorType(DType.F32, scales.shape(shape));
            Value factors = out.value(new Weight(scales.name(), type), origin.part("scales"));
            weights.put(node, new Parts(held, factors, scales.per()));
            return out.value(new Elementwise(ScalarFn.MUL), origin, held, spread(factors, scales.per(), shape, origin));
        }

        /** Scales with the rank of their weight, which broadcast to its shape. */
        private Value spread(Value scales, Scales.Per per, Shape weight, Origin origin) {
            List<Dim> dims = new ArrayList<>(weight.dims());
            int last = dims.size() - 1;
            if (per != Scales.Per.BLOCK) {
                dims.set(per == Scales.Per.ROW ? last : last - 1, Dim.ONE);
                return reshaped(scales, dims, origin);
            }
            dims.set(last, scales.type().dim(-1));
            dims.add(Dim.ONE);
            Value apart = reshaped(scales, dims, origin);
            dims.set(last + 1, Dim.of(Scales.BLOCK));
            Value repeated = rewriter.out().value(new Expand(new Shape(dims)), origin.part("scales"), apart);
            Dim padded = dims.get(last).times(dims.removeLast());
            dims.set(last, padded);
            Value flat = reshaped(repeated, dims, origin);
            if (padded.equals(weight.dim(-1))) {
                return flat;
            }
            List<Dim> starts = new ArrayList<>();
            List<Long> steps = new ArrayList<>();
            dims.forEach(d -> {
                starts.add(Dim.ZERO);
                steps.add(1L);
            });
            return rewriter.out().value(new Slice(starts, weight.dims(), steps), origin.part("scales"), flat);
        }

        private Value reshaped(Value value, List<Dim> dims, Origin origin) {
            Shape shape = new Shape(dims);
            return value.type().shape().equals(shape)
                    ? value
                    : rewriter.out().value(new Reshape(shape), origin.part("scales"), value);
        }

        /** A product of which scales are taken out; empty when none can be. */
        private Optional<Value> product(Node node, Contract contract) {
            if (contract.zeros() != Annihilating.NEITHER) {
                return Optional.empty();
            }
            Equation equation = contract.parsed();
            Value[] operands = {rewriter.get(graph.operand(node, 0)), rewriter.get(graph.operand(node, 1))};
            List<Value> after = new ArrayList<>();
            Map<Integer, Value> scaled = new HashMap<>();
            boolean changed = false;
            for (int slot = 0; slot < 2; slot++) {
                Optional<Factor> factor =
                        factor(graph.operand(node, slot), node.origin()).filter(f -> f.parts.per != Scales.Per.BLOCK);
                if (factor.isEmpty()) {
                    continue;
                }
                String letters = factor.get().letters(slot == 0 ? equation.left() : equation.right());
                String other = slot == 0 ? equation.right() : equation.left();
                Value scales = factor.get().parts.scales;
                if (has(equation.result(), letters)) {
                    after.add(aligned(scales, letters, equation.result(), node.origin()));
                } else if (has(other, letters)) {
                    scaled.put(1 - slot, aligned(scales, letters, other, node.origin()));
                } else {
                    continue;
                }
                operands[slot] = factor.get().held;
                changed = true;
            }
            scaled.forEach((slot, scales) -> operands[slot] = rewriter.out()
                    .value(new Elementwise(ScalarFn.MUL), node.origin().part("scaled"), operands[slot], scales));
            return changed ? Optional.of(product(node, operands, after)) : Optional.empty();
        }

        private Value product(Node node, Value[] operands, List<Value> after) {
            Graph.Builder out = rewriter.out();
            if (after.isEmpty()) {
                return out.value(node.op(), node.origin(), operands);
            }
            Value product = out.value(node.op(), node.origin().part("sums"), operands);
            for (int i = 0; i < after.size(); i++) {
                Op multiply = new Elementwise(ScalarFn.MUL);
                product = i == after.size() - 1
                        ? out.value(multiply, node.origin(), product, after.get(i))
                        : out.value(multiply, node.origin().part("scaled"), product, after.get(i));
            }
            return product;
        }

        private static boolean has(String letters, String all) {
            return all.chars().allMatch(c -> letters.indexOf(c) >= 0);
        }

        private Value aligned(Value scales, String letters, String to, Origin origin) {
            return Equation.aligned(rewriter.out(), origin.part("scales"), scales, letters, to);
        }

        /** The weight with scales that a value is, if it is one, its axes perhaps in another order. */
        private Optional<Factor> factor(Value value, Origin origin) {
            if (value.node().op() instanceof Permute permute) {
                return factor(graph.operand(value.node(), 0), origin).map(inner -> {
                    Value held = rewriter.out().value(permute, origin.part("held"), inner.held);
                    List<Integer> order =
                            permute.order().stream().map(inner.order::get).toList();
                    return new Factor(inner.parts, held, order);
                });
            }
            Parts parts = weights.get(value.node());
            if (parts == null) {
                return Optional.empty();
            }
            List<Integer> order = new ArrayList<>();
            for (int axis = 0; axis < value.type().rank(); axis++) {
                order.add(axis);
            }
            return Optional.of(new Factor(parts, parts.held, order));
        }
    }
}
