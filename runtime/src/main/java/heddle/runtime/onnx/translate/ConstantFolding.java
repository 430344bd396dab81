package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import heddle.runtime.onnx.translate.Known.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Computes nodes whose operands are all known, among them the chains that exporters write to make one shape of another. A node
 * that it cannot compute is translated like any other.
 */
final class ConstantFolding {
    private final OnnxNode node;
    private final int opset;
    private final List<Known> operands;

    private ConstantFolding(OnnxNode node, int opset, List<Known> operands) {
        this.node = node;
        this.opset = opset;
        this.operands = operands;
    }

    /** @param operands those that are given, in order @return the node's first result, if it can be known */
    static Optional<Known> fold(OnnxNode node, int opset, List<Known> operands) {
        if (!node.domain().isEmpty() || operands.isEmpty() || node.outputs().size() > 1) {
            return Optional.empty();
        }
        return new ConstantFolding(node, opset, operands)
                .result()
                .filter(k -> k.elements().size() <= Known.MOST);
    }

    private Optional<Known> result() {
        Known x = operands.getFirst();
        return switch (node.operator()) {
            case "Identity" -> Optional.of(x);
            case "Cast" ->
                ElementTypes.of((int) integer("to", 0)).flatMap(to -> elementwise(to, e -> ElementMath.cast(e, to)));
            case "Neg", "Abs", "Sqrt", "Reciprocal", "Floor", "Ceil", "Round", "Exp", "Log", "Sin", "Cos", "Not" ->
                elementwise(x.dtype(), e -> ElementMath.unary(node.operator(), e, x.dtype()));
            case "Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "And", "Or", "Xor" -> combined(x.dtype());
            case "Mod" -> integer("fmod", 0) == 0 ? combined(x.dtype()) : Optional.empty();
            case "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual" -> combined(DType.BOOL);
            case "Where" -> operands.size() == 3 ? chosen() : Optional.empty();
            case "Gather" -> gathered();
            case "Concat" -> concatenated();
            case "Unsqueeze", "Squeeze", "Reshape", "Flatten" -> reshaped();
            case "Slice" -> sliced();
            case "Transpose" -> Optional.of(transposed(x));
            case "Expand", "Tile" -> repeated();
            case "Range" -> range();
            case "ConstantOfShape" -> filled();
            case "ReduceProd" -> reduced("Mul");
            case "ReduceSum" -> reduced("Add");
            case "ReduceMax" -> reduced("Max");
            case "ReduceMin" -> reduced("Min");
            case "Size" -> Optional.of(scalar(Dim.of(x.elements().size())));
            default -> Optional.empty();
        };
    }

    private interface Step {
        Optional<Element> apply(Element element);
    }

    private Optional<Known> elementwise(DType dtype, Step step) {
        Known x = operands.getFirst();
        List<Element> elements = new ArrayList<>();
        for (Element e : x.elements()) {
            Optional<Element> next = step.apply(e);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            elements.add(next.get());
        }
        return Optional.of(new Known(dtype, x.shape(), elements));
    }

    private Optional<Known> combined(DType dtype) {
        Known sum = operands.getFirst();
        for (Known next : operands.subList(1, operands.size())) {
            List<Long> shape = KnownShapes.broadcast(sum.shape(), next.shape());
            if (!KnownShapes.isSmall(shape)) {
                return Optional.empty();
            }
            Known a = KnownShapes.expanded(sum, shape);
            Known b = KnownShapes.expanded(next, shape);
            List<Element> elements = new ArrayList<>();
            for (int i = 0; i < a.elements().size(); i++) {
                Optional<Element> e = ElementMath.binary(
                        node.operator(), a.elements().get(i), b.elements().get(i), sum.dtype());
                if (e.isEmpty()) {
                    return Optional.empty();
                }
                elements.add(e.get());
            }
            sum = new Known(dtype, shape, elements);
        }
        return Optional.of(sum);
    }

    private Optional<Known> chosen() {
        List<Long> shape = KnownShapes.broadcast(
                operands.get(0).shape(),
                KnownShapes.broadcast(operands.get(1).shape(), operands.get(2).shape()));
        if (!KnownShapes.isSmall(shape)) {
            return Optional.empty();
        }
        Known condition = KnownShapes.expanded(operands.get(0), shape);
        Known a = KnownShapes.expanded(operands.get(1), shape);
        Known b = KnownShapes.expanded(operands.get(2), shape);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < a.elements().size(); i++) {
            boolean isFirst = condition.elements().get(i).equals(new Element.Truth(true));
            elements.add((isFirst ? a : b).elements().get(i));
        }
        return Optional.of(new Known(a.dtype(), shape, elements));
    }

    private Optional<Known> gathered() {
        Known x = operands.get(0);
        Known indices = operands.get(1);
        int axis = axis(integer("axis", 0), x.shape().size());
        Optional<List<Long>> numbers = KnownShapes.numbers(indices);
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        long length = x.shape().get(axis);
        List<Long> shape = new ArrayList<>(x.shape().subList(0, axis));
        shape.addAll(indices.shape());
        shape.addAll(x.shape().subList(axis + 1, x.shape().size()));
        if (!KnownShapes.isSmall(shape)) {
            return Optional.empty();
        }
        int inner = KnownShapes.product(x.shape().subList(axis + 1, x.shape().size()));
        int outer = KnownShapes.product(x.shape().subList(0, axis));
        List<Element> elements = new ArrayList<>();
        for (int o = 0; o < outer; o++) {
            for (long index : numbers.get()) {
                long i = index < 0 ? index + length : index;
                if (i < 0 || i >= length) {
                    throw new UnsupportedNode("an index of " + index + " where there are " + length);
                }
                int from = (int) (o * length + i) * inner;
                elements.addAll(x.elements().subList(from, from + inner));
            }
        }
        return Optional.of(new Known(x.dtype(), shape, elements));
    }

    private Optional<Known> concatenated() {
        Known first = operands.getFirst();
        int axis = axis(integer("axis", 0), first.shape().size());
        int outer = KnownShapes.product(first.shape().subList(0, axis));
        if (operands.stream().mapToLong(k -> k.elements().size()).sum() > Known.MOST) {
            return Optional.empty();
        }
        List<Element> elements = new ArrayList<>();
        for (int o = 0; o < outer; o++) {
            for (Known part : operands) {
                int size = part.elements().size() / outer;
                elements.addAll(part.elements().subList(o * size, (o + 1) * size));
            }
        }
        List<Long> shape = new ArrayList<>(first.shape());
        shape.set(axis, operands.stream().mapToLong(k -> k.shape().get(axis)).sum());
        return Optional.of(new Known(first.dtype(), shape, elements));
    }

    private Optional<Known> reshaped() {
        Known x = operands.getFirst();
        return KnownShapes.ofReshape(node, opset, operands).map(shape -> new Known(x.dtype(), shape, x.elements()));
    }

    private Optional<Known> sliced() {
        return KnownShapes.slices(node, operands).map(cuts -> KnownShapes.sliced(operands.getFirst(), cuts));
    }

    private Known transposed(Known x) {
        List<Integer> order = new ArrayList<>();
        Optional<List<Long>> given = integers("perm");
        for (int i = 0; i < x.shape().size(); i++) {
            order.add(
                    given.isPresent()
                            ? given.get().get(i).intValue()
                            : x.shape().size() - 1 - i);
        }
        return KnownShapes.permuted(x, order);
    }

    private Optional<Known> repeated() {
        Known x = operands.getFirst();
        Optional<List<Long>> numbers = KnownShapes.numbers(operands.get(1));
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        if ("Expand".equals(node.operator())) {
            List<Long> shape = KnownShapes.broadcast(x.shape(), numbers.get());
            return KnownShapes.isSmall(shape) ? Optional.of(KnownShapes.expanded(x, shape)) : Optional.empty();
        }
        return KnownShapes.tiled(x, numbers.get());
    }

    private Optional<Known> range() {
        Known from = operands.get(0);
        if (from.dtype().isFloat()) {
            return Optional.empty();
        }
        Optional<List<Long>> start = KnownShapes.numbers(operands.get(0));
        Optional<List<Long>> end = KnownShapes.numbers(operands.get(1));
        Optional<List<Long>> step = KnownShapes.numbers(operands.get(2));
        if (start.isEmpty() || end.isEmpty() || step.isEmpty() || step.get().getFirst() == 0) {
            return Optional.empty();
        }
        long by = step.get().getFirst();
        long count =
                Math.max(0, -Math.floorDiv(start.get().getFirst() - end.get().getFirst(), by));
        if (count > Known.MOST) {
            return Optional.empty();
        }
        List<Element> elements = LongStream.range(0, count)
                .<Element>mapToObj(i -> new Element.Whole(Dim.of(start.get().getFirst() + i * by)))
                .toList();
        return Optional.of(new Known(from.dtype(), List.of(count), elements));
    }

    private Optional<Known> filled() {
        Optional<List<Long>> shape = KnownShapes.numbers(operands.getFirst());
        if (shape.isEmpty() || !KnownShapes.isSmall(shape.get())) {
            return Optional.empty();
        }
        Known value = node.attribute("value")
                .map(a ->
                        Constants.known(((OnnxAttribute.TensorValue) a).value()).orElseThrow())
                .orElseGet(() -> new Known(DType.F32, List.of(1L), List.of(new Element.Fraction(0))));
        return Optional.of(KnownShapes.expanded(new Known(value.dtype(), List.of(), value.elements()), shape.get()));
    }

    /** Of all elements, or along axes. */
    private Optional<Known> reduced(String operator) {
        Known x = operands.getFirst();
        boolean keeps = integer("keepdims", 1) != 0;
        boolean hasAxes = integers("axes").isPresent()
                || operands.size() > 1 && !operands.get(1).elements().isEmpty();
        if (!hasAxes && integer("noop_with_empty_axes", 0) != 0) {
            return Optional.of(x);
        }
        List<Long> axes = integers("axes")
                .or(() -> operands.size() > 1 ? KnownShapes.numbers(operands.get(1)) : Optional.empty())
                .orElseGet(() -> LongStream.range(0, x.shape().size()).boxed().toList());
        if (axes.size() != x.shape().size() || x.elements().isEmpty()) {
            return Optional.empty();
        }
        Element sum = x.elements().getFirst();
        for (Element e : x.elements().subList(1, x.elements().size())) {
            Optional<Element> next = ElementMath.binary(operator, sum, e, x.dtype());
            if (next.isEmpty()) {
                return Optional.empty();
            }
            sum = next.get();
        }
        List<Long> shape = keeps ? x.shape().stream().map(n -> 1L).toList() : List.of();
        return Optional.of(new Known(x.dtype(), shape, List.of(sum)));
    }

    private static Known scalar(Dim value) {
        return new Known(DType.I64, List.of(), List.of(new Element.Whole(value)));
    }

    private static int axis(long axis, int rank) {
        return (int) (axis < 0 ? axis + rank : axis);
    }

    private long integer(String name, long otherwise) {
        return node.attribute(name).map(a -> ((OnnxAttribute.Int) a).value()).orElse(otherwise);
    }

    private Optional<List<Long>> integers(String name) {
        return node.attribute(name).map(a -> ((OnnxAttribute.Ints) a).values());
    }
}
