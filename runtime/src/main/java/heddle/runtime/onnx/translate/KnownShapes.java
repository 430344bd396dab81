package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import heddle.runtime.onnx.translate.Known.Element;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Shapes of what is known, and its elements in another order. */
final class KnownShapes {
    private KnownShapes() {}

    /** A shape as {@code Shape} gives it. */
    static Known vector(List<Dim> lengths) {
        return new Known(
                DType.I64,
                List.of((long) lengths.size()),
                lengths.stream().<Element>map(Element.Whole::new).toList());
    }

    /** @return empty when one of them is no number yet */
    static Optional<List<Long>> numbers(Known known) {
        List<Long> numbers = new ArrayList<>();
        for (Element e : known.elements()) {
            if (!(e instanceof Element.Whole w) || !w.value().isKnown()) {
                return Optional.empty();
            }
            numbers.add(w.value().value());
        }
        return Optional.of(numbers);
    }

    static int product(List<Long> lengths) {
        return Math.toIntExact(lengths.stream().reduce(1L, Math::multiplyExact));
    }

    /** Whether a tensor of this shape is worth knowing. */
    static boolean isSmall(List<Long> shape) {
        double size = 1;
        for (long n : shape) {
            size *= n;
        }
        return size <= Known.MOST && shape.stream().allMatch(n -> n >= 0);
    }

    static List<Long> broadcast(List<Long> a, List<Long> b) {
        int rank = Math.max(a.size(), b.size());
        List<Long> shape = new ArrayList<>(Collections.nCopies(rank, 1L));
        for (int i = 1; i <= rank; i++) {
            long x = i <= a.size() ? a.get(a.size() - i) : 1;
            long y = i <= b.size() ? b.get(b.size() - i) : 1;
            if (x != y && x != 1 && y != 1) {
                throw new UnsupportedNode("operands of shapes " + a + " and " + b);
            }
            shape.set(rank - i, x == 1 ? y : x);
        }
        return shape;
    }

    static Known expanded(Known x, List<Long> shape) {
        int ahead = shape.size() - x.shape().size();
        List<Integer> strides = strides(x.shape());
        List<Integer> by = IntStream.range(0, shape.size())
                .mapToObj(i -> i < ahead || x.shape().get(i - ahead) == 1 ? 0 : strides.get(i - ahead))
                .toList();
        return strided(x, shape, by, 0);
    }

    static Known permuted(Known x, List<Integer> order) {
        List<Integer> strides = strides(x.shape());
        return strided(
                x,
                order.stream().map(x.shape()::get).toList(),
                order.stream().map(strides::get).toList(),
                0);
    }

    static Optional<Known> tiled(Known x, List<Long> repeats) {
        List<Long> shape = IntStream.range(0, x.shape().size())
                .mapToObj(i -> x.shape().get(i) * repeats.get(i))
                .toList();
        if (!isSmall(shape)) {
            return Optional.empty();
        }
        List<Integer> strides = strides(x.shape());
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < product(shape); i++) {
            int rest = i;
            int source = 0;
            for (int axis = shape.size() - 1; axis >= 0; axis--) {
                int at = (int) (rest % shape.get(axis) % x.shape().get(axis));
                source += at * strides.get(axis);
                rest /= shape.get(axis);
            }
            elements.add(x.elements().get(source));
        }
        return Optional.of(new Known(x.dtype(), shape, elements));
    }

    /** One axis of a slice: every step-th element, count of them. */
    record Cut(int axis, long from, long count, long step) {}

    static Known sliced(Known x, List<Cut> cuts) {
        List<Long> shape = new ArrayList<>(x.shape());
        List<Integer> by = new ArrayList<>(strides(x.shape()));
        int offset = 0;
        for (Cut cut : cuts) {
            offset += (int) cut.from() * by.get(cut.axis());
            shape.set(cut.axis(), cut.count());
            by.set(cut.axis(), (int) cut.step() * by.get(cut.axis()));
        }
        return strided(x, shape, by, offset);
    }

    /** @return empty when a bound is no number yet */
    static Optional<List<Cut>> slices(OnnxNode node, List<Known> operands) {
        List<Long> shape = operands.getFirst().shape();
        Optional<List<Long>> starts = bounds(node, operands, "starts", 1);
        Optional<List<Long>> ends = bounds(node, operands, "ends", 2);
        if (starts.isEmpty() || ends.isEmpty()) {
            return Optional.empty();
        }
        int n = starts.get().size();
        List<Long> axes = bounds(node, operands, "axes", 3)
                .orElseGet(() -> IntStream.range(0, n).mapToObj(i -> (long) i).toList());
        List<Long> steps = bounds(node, operands, "steps", 4).orElseGet(() -> Collections.nCopies(n, 1L));
        List<Cut> cuts = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int axis = (int) (axes.get(i) < 0 ? axes.get(i) + shape.size() : axes.get(i));
            cuts.add(cut(axis, shape.get(axis), starts.get().get(i), ends.get().get(i), steps.get(i)));
        }
        return Optional.of(cuts);
    }

    private static Cut cut(int axis, long length, long start, long end, long step) {
        long from = start < 0 ? start + length : start;
        long to = end < 0 ? Math.max(end, Long.MIN_VALUE + length) + length : end;
        if (step > 0) {
            from = Math.clamp(from, 0, length);
            to = Math.clamp(to, 0, length);
            return new Cut(axis, from, Math.max(0, -Math.floorDiv(from - to, step)), step);
        }
        from = Math.clamp(from, -1, length - 1);
        to = Math.clamp(to, -1, length - 1);
        return new Cut(axis, from, Math.max(0, -Math.floorDiv(to - from, -step)), step);
    }

    private static Optional<List<Long>> bounds(OnnxNode node, List<Known> operands, String attribute, int operand) {
        return node.attribute(attribute)
                .map(a -> ((OnnxAttribute.Ints) a).values())
                .or(() -> operands.size() > operand ? numbers(operands.get(operand)) : Optional.empty());
    }

    /** The shape that {@code Reshape}, {@code Squeeze}, {@code Unsqueeze} and {@code Flatten} give. */
    static Optional<List<Long>> ofReshape(OnnxNode node, int opset, List<Known> operands) {
        List<Long> shape = operands.getFirst().shape();
        if ("Flatten".equals(node.operator())) {
            long axis = node.attribute("axis")
                    .map(a -> ((OnnxAttribute.Int) a).value())
                    .orElse(1L);
            int at = (int) (axis < 0 ? axis + shape.size() : axis);
            return Optional.of(
                    List.of((long) product(shape.subList(0, at)), (long) product(shape.subList(at, shape.size()))));
        }
        Optional<List<Long>> given = node.attribute("Reshape".equals(node.operator()) ? "shape" : "axes")
                .map(a -> ((OnnxAttribute.Ints) a).values())
                .or(() -> operands.size() > 1 ? numbers(operands.get(1)) : Optional.empty());
        return switch (node.operator()) {
            case "Reshape" -> given.map(g -> completed(g, shape));
            case "Unsqueeze" -> given.map(g -> unsqueezed(shape, g));
            default -> operands.size() > 1 && given.isEmpty() ? Optional.empty() : Optional.of(squeezed(shape, given));
        };
    }

    private static List<Long> completed(List<Long> given, List<Long> shape) {
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            result.add(given.get(i) == 0 && i < shape.size() ? shape.get(i) : given.get(i));
        }
        int open = result.indexOf(-1L);
        if (open >= 0) {
            result.set(open, 1L);
            result.set(open, (long) product(shape) / Math.max(1, product(result)));
        }
        return result;
    }

    private static List<Long> unsqueezed(List<Long> shape, List<Long> axes) {
        int rank = shape.size() + axes.size();
        List<Integer> added =
                axes.stream().map(a -> (int) (a < 0 ? a + rank : a)).toList();
        List<Long> result = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < rank; i++) {
            result.add(added.contains(i) ? 1 : shape.get(from++));
        }
        return result;
    }

    private static List<Long> squeezed(List<Long> shape, Optional<List<Long>> axes) {
        List<Long> result = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            long axis = i;
            long fromEnd = (long) i - shape.size();
            boolean goes =
                    axes.map(a -> a.contains(axis) || a.contains(fromEnd)).orElse(shape.get(i) == 1);
            if (!goes) {
                result.add(shape.get(i));
            }
        }
        return result;
    }

    private static List<Integer> strides(List<Long> shape) {
        List<Integer> strides = new ArrayList<>(Collections.nCopies(shape.size(), 1));
        for (int i = shape.size() - 2; i >= 0; i--) {
            strides.set(i, strides.get(i + 1) * shape.get(i + 1).intValue());
        }
        return strides;
    }

    private static Known strided(Known x, List<Long> shape, List<Integer> strides, int offset) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < product(shape); i++) {
            int rest = i;
            int source = offset;
            for (int axis = shape.size() - 1; axis >= 0; axis--) {
                source += (int) (rest % shape.get(axis)) * strides.get(axis);
                rest /= (int) (long) shape.get(axis);
            }
            elements.add(x.elements().get(source));
        }
        return new Known(x.dtype(), shape, elements);
    }
}
