package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.translate.Constants;
import heddle.runtime.onnx.translate.ElementTypes;
import heddle.runtime.onnx.translate.Known;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.KnownTerms;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tensors that are made of shapes and positions. */
final class Made {
    private Made() {}

    static void addTo(OperatorTable table) {
        table.add("", "Range", Made::range);
        table.add("", "ConstantOfShape", Made::constantOfShape);
        table.add("", "EyeLike", Made::eye);
        table.add("", "OneHot", Made::oneHot);
        table.add("", "Trilu", Made::triangle);
        table.add("", "Size", node -> {
            Dim size = Terms.product(node.operand(0).dims());
            node.define(0, new Known(DType.I64, List.of(), List.of(new Element.Whole(size))));
        });
        table.add("", "NonZero", Made::nonZero);
    }

    private static void range(NodeContext node) {
        DType dtype = node.operand(0).dtype();
        Optional<Dim> from = whole(node, node.operand(0));
        Optional<Dim> to = whole(node, node.operand(1));
        Optional<Dim> step = whole(node, node.operand(2)).filter(Dim::isKnown).filter(s -> !s.isZero());
        if (from.isPresent() && to.isPresent() && step.isPresent()) {
            long by = step.get().value();
            Dim way = by > 0 ? to.get().minus(from.get()) : from.get().minus(to.get());
            Dim steps = way.ceilDiv(Dim.of(Math.abs(by)));
            boolean isEmpty = steps.isKnown() && steps.value() < 0;
            Dim count = isEmpty ? Dim.ZERO : steps;
            boolean counts = isEmpty || from.get().isZero() && by == 1;
            List<Term> bounds = new ArrayList<>(List.of(Terms.length(from.get()), Terms.length(to.get())));
            if (by != 1) {
                bounds.add(Terms.whole(by));
            }
            Term numbers = counts ? Call.of("iota", Terms.length(count)) : Terms.call("range", bounds);
            node.define(
                    0, dtype == DType.I64 ? numbers : Terms.cast(numbers, dtype), Terms.type(dtype, List.of(count)));
            return;
        }
        double first = number(node, 0);
        double by = number(node, 2);
        long count = (long) Math.max(0, Math.ceil((number(node, 1) - first) / by));
        Term numbers = Terms.cast(Call.of("iota", Terms.whole(count)), dtype);
        Term scaled = Terms.plus(Terms.times(numbers, Terms.number(by, dtype)), Terms.number(first, dtype));
        node.define(0, scaled, Terms.type(dtype, List.of(Dim.of(count))));
    }

    /** The whole number or length that an operand is, also where it was made a float. */
    private static Optional<Dim> whole(NodeContext node, Operand x) {
        if (x.known().isPresent()) {
            return switch (x.known().get().elements().getFirst()) {
                case Element.Whole w -> Optional.of(w.value());
                case Element.Fraction f ->
                    f.value() == Math.rint(f.value()) && Math.abs(f.value()) < 0x1p53
                            ? Optional.of(Dim.of((long) f.value()))
                            : Optional.empty();
                case Element.Truth t -> Optional.empty();
            };
        }
        return x.term() instanceof Term.Ref ref && x.rank() == 0
                ? node.meaning(ref.value()).flatMap(Made::castLength)
                : Optional.empty();
    }

    private static Optional<Dim> castLength(Term term) {
        return term instanceof Call c
                        && c.function().equals("cast")
                        && c.arguments().getFirst().term() instanceof Term.Length l
                ? Optional.of(l.dim())
                : Optional.empty();
    }

    private static double number(NodeContext node, int operand) {
        return Terms.number(node.operand(operand))
                .orElseThrow(() -> new UnsupportedNode("its length is only known when the model runs"));
    }

    private static void constantOfShape(NodeContext node) {
        List<Dim> shape = node.lengths(0, "shape");
        Known value = node.node()
                .attribute("value")
                .map(a -> Constants.known(((OnnxAttribute.TensorValue) a).value())
                        .orElseThrow(() -> new UnsupportedNode("its value is not in the file")))
                .orElseGet(() -> new Known(DType.F32, List.of(1L), List.of(new Element.Fraction(0))));
        Term number = KnownTerms.term(value.elements().getFirst(), value.dtype());
        node.define(
                0,
                Call.of("full", Terms.lengths(shape), number, Terms.dtype(value.dtype())),
                Terms.type(value.dtype(), shape));
    }

    private static void eye(NodeContext node) {
        Operand x = node.operand(0);
        DType dtype = node.node().attribute("dtype").isPresent()
                ? ElementTypes.required((int) node.attribute("dtype", 1))
                : x.dtype();
        long k = node.attribute("k", 0);
        Term row = Terms.along(Call.of("iota", Terms.length(x.dims().get(0))), 0, 2);
        Term column = Call.of("iota", Terms.length(x.dims().get(1)));
        Term isOne = new Infix("==", column, k == 0 ? row : Terms.plus(row, Terms.whole(k)));
        node.define(0, dtype == DType.BOOL ? isOne : Terms.cast(isOne, dtype), Terms.type(dtype, x.dims()));
    }

    /** A negative index counts from the end, and what is out of range is nowhere. */
    private static void oneHot(NodeContext node) {
        Operand ids = node.operand(0);
        Dim depth = Dim.of(depth(node));
        Operand values = node.operand(2);
        int axis = NodeAxes.of(node.attribute("axis", -1), ids.rank() + 1);
        List<Dim> shape = new ArrayList<>(ids.dims());
        shape.add(axis, depth);
        Operand wide = node.step(
                "index",
                ids.dtype().isInt() ? Terms.tensor(ids) : Terms.cast(ids.term(), DType.I64),
                Terms.type(ids.dtype().isInt() ? ids.dtype() : DType.I64, ids.dims()));
        Term index = Signs.isNonNegative(node, ids)
                ? wide.term()
                : Terms.where(Terms.isNegative(wide), Terms.plus(wide.term(), Terms.length(depth)), wide.term());
        List<Element> known = Terms.elements(node, 2).map(Known::elements).orElse(List.of());
        boolean isPlain = known.size() == 2 && isNumber(known.get(0), 0) && isNumber(known.get(1), 1);
        Term hot = Terms.call(
                "one_hot",
                List.of(index, Terms.length(depth)),
                "dtype",
                Terms.dtype(isPlain ? values.dtype() : DType.BOOL),
                "axis",
                Terms.whole(NodeAxes.written(axis, shape.size())));
        Term chosen = isPlain ? hot : Terms.where(hot, value(values, 1), value(values, 0));
        node.define(0, chosen, Terms.type(values.dtype(), shape));
    }

    private static long depth(NodeContext node) {
        Operand depth = node.operand(1);
        return Terms.number(depth)
                .map(Double::longValue)
                .orElseThrow(() -> new UnsupportedNode("its depth is only known when the model runs"));
    }

    private static boolean isNumber(Element e, double number) {
        return switch (e) {
            case Element.Whole w -> w.value().is((long) number);
            case Element.Fraction f -> f.value() == number;
            case Element.Truth t -> t.value() == (number != 0);
        };
    }

    private static Term value(Operand values, int at) {
        return new Term.Subscript(values.term(), List.of(new Term.Index.At(Terms.whole(at))));
    }

    private static void triangle(NodeContext node) {
        Operand x = node.operand(0);
        long k = node.has(1) ? NodeAxes.number(node, 1, "diagonal") : 0;
        boolean upper = node.attribute("upper", 1) != 0;
        List<Object> named = new ArrayList<>();
        if (k != 0) {
            named.addAll(List.of("k", Terms.whole(k)));
        }
        if (upper) {
            named.addAll(List.of("upper", Terms.truth(true)));
        }
        Term numbers = x.dtype() == DType.BOOL ? Terms.cast(x.term(), DType.I32) : Terms.tensor(x);
        Term kept = Terms.call("trilu", numbers, named.toArray());
        node.define(0, x.dtype() == DType.BOOL ? Terms.cast(kept, DType.BOOL) : kept, x.type());
    }

    /** Where a known tensor is not zero. How many elements of another one are not, only a run knows. */
    private static void nonZero(NodeContext node) {
        Known x = node.known(0, "how many elements are not zero");
        List<List<Element>> found = new ArrayList<>();
        x.shape().forEach(n -> found.add(new ArrayList<>()));
        for (int i = 0; i < x.elements().size(); i++) {
            if (isNumber(x.elements().get(i), 0)) {
                continue;
            }
            long rest = i;
            for (int axis = x.shape().size() - 1; axis >= 0; axis--) {
                long n = x.shape().get(axis);
                found.get(axis).add(new Element.Whole(Dim.of(rest % n)));
                rest /= n;
            }
        }
        long count = found.isEmpty() ? 0 : found.getFirst().size();
        node.define(
                0,
                new Known(
                        DType.I64,
                        List.of((long) found.size(), count),
                        found.stream().flatMap(List::stream).toList()));
    }
}
