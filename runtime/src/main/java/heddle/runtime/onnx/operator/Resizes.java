package heddle.runtime.onnx.operator;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.Known;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Images of another size. */
final class Resizes {
    private static final Set<String> COORDINATES =
            Set.of("half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners");

    private Resizes() {}

    static void addTo(OperatorTable table) {
        table.add("", "Resize", Resizes::resize);
        table.add("", "Upsample", node -> {
            Operand x = node.operand(0);
            List<Double> scales = node.has(1) ? numbers(node, 1) : numbers(node);
            define(node, x, scaled(x, axes(node, x), scales), "asymmetric", "floor");
        });
    }

    private static void resize(NodeContext node) {
        Operand x = node.operand(0);
        List<Integer> axes = axes(node, x);
        if (node.opset() < 11) {
            define(node, x, scaled(x, axes, numbers(node, 1)), "asymmetric", "floor");
            return;
        }
        refuse(node, "keep_aspect_ratio_policy", "stretch");
        refuse(node, "antialias", 0);
        refuse(node, "exclude_outside", 0);
        if (node.attribute("cubic_coeff_a", -0.75) != -0.75) {
            throw new UnsupportedNode("cubic_coeff_a=" + node.attribute("cubic_coeff_a", 0.0));
        }
        boolean bySize = node.has(3) && !node.operand(3).dims().equals(List.of(Dim.ZERO));
        List<Dim> shape = bySize ? sized(x, axes, node.lengths(3, "sizes")) : scaled(x, axes, numbers(node, 2));
        String coordinates = node.attribute("coordinate_transformation_mode", "half_pixel");
        // They differ where a scale makes no whole length, and there is no such scale here.
        define(
                node,
                x,
                shape,
                coordinates.equals("half_pixel_symmetric") ? "half_pixel" : coordinates,
                node.attribute("nearest_mode", "round_prefer_floor"));
    }

    private static void refuse(NodeContext node, String attribute, String unless) {
        String value = node.attribute(attribute, unless);
        if (!value.equals(unless)) {
            throw new UnsupportedNode(attribute + "=\"" + value + "\"");
        }
    }

    private static void refuse(NodeContext node, String attribute, long unless) {
        long value = node.attribute(attribute, unless);
        if (value != unless) {
            throw new UnsupportedNode(attribute + "=" + value);
        }
    }

    private static List<Integer> axes(NodeContext node, Operand x) {
        return node.attributeInts("axes")
                .map(all -> all.stream().map(a -> NodeAxes.of(a, x.rank())).toList())
                .orElse(NodeAxes.all(x.rank()));
    }

    private static List<Double> numbers(NodeContext node, int operand) {
        Known known = Terms.elements(node, operand)
                .orElseThrow(() -> new UnsupportedNode("its scales are only known when the model runs"));
        List<Double> numbers = new ArrayList<>();
        for (Element e : known.elements()) {
            if (!(e instanceof Element.Fraction f)) {
                throw new UnsupportedNode("its scales are no floats");
            }
            numbers.add(f.value());
        }
        return numbers;
    }

    /** The attribute of the first version. */
    private static List<Double> numbers(NodeContext node) {
        return node.node()
                .attribute("scales")
                .map(a -> ((OnnxAttribute.Numbers) a)
                        .values().stream().map(Float::doubleValue).toList())
                .orElseThrow(() -> new UnsupportedNode("it has no scales"));
    }

    private static List<Dim> sized(Operand x, List<Integer> axes, List<Dim> sizes) {
        List<Dim> shape = x.dims();
        for (int i = 0; i < axes.size(); i++) {
            shape = Terms.with(shape, axes.get(i), sizes.get(i));
        }
        return shape;
    }

    private static List<Dim> scaled(Operand x, List<Integer> axes, List<Double> scales) {
        List<Dim> sizes = new ArrayList<>();
        for (int i = 0; i < axes.size(); i++) {
            Dim length = x.dims().get(axes.get(i));
            double scale = scales.get(i);
            boolean isWhole = scale == Math.rint(scale);
            if (!isWhole && !length.isKnown()) {
                throw new UnsupportedNode("it scales the length " + length + " by " + scale);
            }
            double size = isWhole ? scale : length.value() * scale;
            if (size != Math.rint(size)) {
                throw new UnsupportedNode(
                        "it scales the length " + length + " by " + scale + ", which is no whole length");
            }
            sizes.add(isWhole ? length.times((long) scale) : Dim.of((long) size));
        }
        return sized(x, axes, sizes);
    }

    private static void define(NodeContext node, Operand x, List<Dim> shape, String coordinates, String rounding) {
        if (shape.equals(x.dims())) {
            node.define(0, x);
            return;
        }
        if (!COORDINATES.contains(coordinates)) {
            throw new UnsupportedNode("coordinate_transformation_mode=\"" + coordinates + "\"");
        }
        int first = 0;
        while (shape.get(first).equals(x.dims().get(first))) {
            first++;
        }
        String mode = node.attribute("mode", "nearest").replace("bilinear", "linear");
        List<Object> named = new ArrayList<>();
        if (!mode.equals("nearest")) {
            named.addAll(List.of("mode", new Term.Text(mode)));
        }
        if (!coordinates.equals("half_pixel")) {
            named.addAll(List.of("coordinates", new Term.Text(coordinates)));
        }
        if (mode.equals("nearest") && !rounding.equals("round_prefer_floor")) {
            named.addAll(List.of("rounding", new Term.Text(rounding)));
        }
        Term sizes = Terms.lengths(shape.subList(first, shape.size()));
        Term resized = Terms.call("resize", List.of(x.term(), sizes), named.toArray());
        node.define(0, resized, Terms.type(x.dtype(), shape));
    }
}
