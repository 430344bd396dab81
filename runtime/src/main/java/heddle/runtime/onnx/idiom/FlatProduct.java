package heddle.runtime.onnx.idiom;

import heddle.runtime.onnx.OnnxNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A value as a product: what chains of {@code Mul}, divisions by numbers and whole powers multiply.
 *
 * @param coefficient the product of all numbers
 * @param factors     the rest, as often as they are multiplied
 * @param nodes       the places of the nodes that multiply
 */
record FlatProduct(double coefficient, List<String> factors, List<Integer> nodes) {
    /** More than any idiom multiplies with. */
    private static final int MOST_NODES = 16;

    /** Empty where the value is not made by such a node. Factors of factors belong to it if nobody else reads them. */
    static Optional<FlatProduct> of(String value, NodeIndex index) {
        Factors factors = new Factors(index);
        factors.take(value, true);
        return factors.nodes.isEmpty()
                ? Optional.empty()
                : Optional.of(new FlatProduct(factors.coefficient, factors.values, factors.nodes));
    }

    private static final class Factors {
        private final NodeIndex index;
        private final List<String> values = new ArrayList<>();
        private final List<Integer> nodes = new ArrayList<>();
        private double coefficient = 1;

        Factors(NodeIndex index) {
            this.index = index;
        }

        void take(String value, boolean isRoot) {
            Optional<Double> number = index.number(value);
            Optional<Integer> maker = index.maker(value);
            if (number.isPresent()) {
                coefficient *= number.get();
            } else if (maker.isEmpty() || !isRoot && index.reads(value) > 1 || !multiplies(maker.get())) {
                values.add(value);
            }
        }

        private boolean multiplies(int place) {
            OnnxNode node = index.node(place);
            if (!node.domain().isEmpty() || node.inputs().size() != 2 || nodes.size() == MOST_NODES) {
                return false;
            }
            String left = node.inputs().getFirst();
            Optional<Double> right = index.number(node.inputs().getLast());
            switch (node.operator()) {
                case "Mul" -> {
                    nodes.add(place);
                    take(left, false);
                    take(node.inputs().getLast(), false);
                    return true;
                }
                case "Div" -> {
                    if (right.isEmpty() || index.number(left).isPresent()) {
                        return false;
                    }
                    nodes.add(place);
                    coefficient /= right.get();
                    take(left, false);
                    return true;
                }
                case "Pow" -> {
                    if (right.isEmpty() || right.get() != 2 && right.get() != 3) {
                        return false;
                    }
                    nodes.add(place);
                    for (int i = 0; i < right.get(); i++) {
                        values.add(left);
                    }
                    return true;
                }
                default -> {
                    return false;
                }
            }
        }
    }
}
