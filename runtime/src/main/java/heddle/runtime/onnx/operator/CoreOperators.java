package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.ElementTypes;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.Shapes;
import heddle.runtime.onnx.translate.TensorTerms;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The operators that every transformer has. */
public final class CoreOperators {
    private CoreOperators() {}

    public static void addTo(OperatorTable table) {
        table.add("", "Add", n -> infix(n, "+"));
        table.add("", "Sub", n -> infix(n, "-"));
        table.add("", "Mul", n -> infix(n, "*"));
        table.add("", "Div", n -> infix(n, "/"));
        table.add("", "Pow", n -> infix(n, "**"));
        table.add("", "Sqrt", n -> unary(n, "sqrt"));
        table.add("", "Erf", n -> unary(n, "erf"));
        table.add("", "Tanh", n -> unary(n, "tanh"));
        table.add("", "Cast", CoreOperators::cast);
        table.add("", "MatMul", CoreOperators::matmul);
        table.add("", "Softmax", CoreOperators::softmax);
        table.add("", "ReduceMean", CoreOperators::mean);
        table.add("", "Transpose", CoreOperators::transpose);
        table.add("", "Reshape", CoreOperators::reshape);
        table.add("", "Unsqueeze", CoreOperators::unsqueeze);
        table.add("", "Gather", CoreOperators::gather);
        table.add("", "Slice", CoreOperators::slice);
        table.add("", "LayerNormalization", CoreOperators::layerNorm);
        table.add("", "Gelu", n -> unary(n, n.attribute("approximate", "none").equals("tanh") ? "gelu_tanh" : "gelu"));
    }

    private static void layerNorm(NodeContext node) {
        Operand x = node.operand(0);
        List<Term.Argument> arguments = new ArrayList<>(List.of(
                Term.Argument.of(x.term()), Term.Argument.of(node.operand(1).term())));
        if (node.has(2)) {
            arguments.add(Term.Argument.of(node.operand(2).term()));
        }
        arguments.add(Term.Argument.of("eps", Term.Literal.of(node.attribute("epsilon", 1e-5), DType.F32)));
        node.define(0, new Term.Call("layer_norm", arguments), x.type());
    }

    private static void infix(NodeContext node, String operator) {
        Operand a = node.operand(0);
        Operand b = node.operand(1);
        Shape shape = Shapes.broadcast(node, a.type().shape(), b.type().shape());
        Term term = new Term.Infix(operator, TensorTerms.beside(a, b), TensorTerms.beside(b, a));
        node.define(0, term, new TensorType(a.dtype(), shape));
    }

    private static void unary(NodeContext node, String function) {
        node.define(
                0,
                Term.Call.of(function, node.operand(0).term()),
                node.operand(0).type());
    }

    private static void cast(NodeContext node) {
        Operand x = node.operand(0);
        DType to = ElementTypes.required((int) node.attribute("to", 0));
        if (to == x.dtype()) {
            node.define(0, x);
        } else {
            node.define(
                    0,
                    Term.Call.of("cast", x.term(), TensorTerms.word(to)),
                    new TensorType(to, x.type().shape()));
        }
    }

    private static void matmul(NodeContext node) {
        Operand a = node.operand(0);
        Operand b = node.operand(1);
        if (a.rank() < 2 || b.rank() < 2) {
            throw new UnsupportedNode("an operand of one axis");
        }
        node.unify(a.dims().getLast(), b.dims().get(b.rank() - 2));
        Shape batch = Shapes.broadcast(
                node,
                new Shape(a.dims().subList(0, a.rank() - 2)),
                new Shape(b.dims().subList(0, b.rank() - 2)));
        List<Dim> dims = new ArrayList<>(batch.dims());
        dims.add(a.dims().get(a.rank() - 2));
        dims.add(b.dims().getLast());
        node.define(0, new Term.Infix("@", a.term(), b.term()), new TensorType(a.dtype(), new Shape(dims)));
    }

    private static void softmax(NodeContext node) {
        Operand x = node.operand(0);
        int axis = Shapes.axis(node.attribute("axis", node.opset() < 13 ? 1 : -1), x.rank());
        if (node.opset() < 13 && axis != x.rank() - 1) {
            throw new UnsupportedNode("axis " + axis + " of " + x.rank() + " before opset 13");
        }
        node.define(0, new Term.Call("softmax", List.of(Term.Argument.of(x.term()), axis(axis, x.rank()))), x.type());
    }

    private static Term.Argument axis(int axis, int rank) {
        return Term.Argument.of("axis", new Term.Literal("" + (axis == rank - 1 ? -1 : axis)));
    }

    private static void mean(NodeContext node) {
        Operand x = node.operand(0);
        List<Integer> axes =
                node.attributeInts("axes").orElseThrow(() -> new UnsupportedNode("axes as an operand")).stream()
                        .map(a -> Shapes.axis(a, x.rank()))
                        .toList();
        boolean keeps = node.attribute("keepdims", 1L) != 0;
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            if (!axes.contains(i)) {
                dims.add(x.dims().get(i));
            } else if (keeps) {
                dims.add(Dim.ONE);
            }
        }
        List<Term.Argument> arguments = new ArrayList<>(List.of(
                Term.Argument.of(x.term()),
                Term.Argument.of(
                        "axis",
                        new Term.Items(axes.stream()
                                .<Term>map(a -> new Term.Literal("" + a))
                                .toList()))));
        if (keeps) {
            arguments.add(Term.Argument.of("keepdims", new Term.Literal("true")));
        }
        node.define(0, new Term.Call("mean", arguments), new TensorType(x.dtype(), new Shape(dims)));
    }

    private static void transpose(NodeContext node) {
        Operand x = node.operand(0);
        List<Integer> order = node.attributeInts("perm")
                .map(p -> p.stream().map(Long::intValue).toList())
                .orElseGet(() -> IntStream.range(0, x.rank())
                        .mapToObj(i -> x.rank() - 1 - i)
                        .toList());
        Shape shape = new Shape(order.stream().map(x.dims()::get).toList());
        Term term = Term.Call.of(
                "permute",
                x.term(),
                new Term.Items(
                        order.stream().<Term>map(i -> new Term.Literal("" + i)).toList()));
        node.define(0, term, new TensorType(x.dtype(), shape));
    }

    private static void reshape(NodeContext node) {
        Operand x = node.operand(0);
        List<Dim> dims = new ArrayList<>(node.lengths(1, "the shape"));
        Dim known = Dim.ONE;
        int open = -1;
        for (int i = 0; i < dims.size(); i++) {
            if (dims.get(i).is(0)) {
                dims.set(i, x.dims().get(i));
            }
            if (dims.get(i).is(-1)) {
                open = i;
            } else {
                known = known.times(dims.get(i));
            }
        }
        if (open >= 0) {
            dims.set(
                    open,
                    x.type()
                            .shape()
                            .size()
                            .dividedExactlyBy(known)
                            .orElseThrow(() -> new UnsupportedNode("a length of -1 that is no whole number")));
        }
        node.define(
                0,
                Term.Call.of("reshape", x.term(), TensorTerms.lengths(dims)),
                new TensorType(x.dtype(), new Shape(dims)));
    }

    private static void unsqueeze(NodeContext node) {
        Operand x = node.operand(0);
        List<Long> axes = node.attributeInts("axes")
                .orElseGet(() ->
                        node.lengths(1, "the axes").stream().map(Dim::value).toList());
        int rank = x.rank() + axes.size();
        List<Integer> added = axes.stream().map(a -> Shapes.axis(a, rank)).toList();
        List<Dim> dims = new ArrayList<>();
        List<Term.Index> indices = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < rank; i++) {
            dims.add(added.contains(i) ? Dim.ONE : x.dims().get(from++));
            indices.add(
                    added.contains(i)
                            ? new Term.Index.New()
                            : new Term.Index.Range(
                                    java.util.Optional.empty(),
                                    java.util.Optional.empty(),
                                    java.util.Optional.empty()));
        }
        node.define(0, new Term.Subscript(x.term(), indices), new TensorType(x.dtype(), new Shape(dims)));
    }

    private static void gather(NodeContext node) {
        Operand x = node.operand(0);
        Operand index = node.operand(1);
        int axis = Shapes.axis(node.attribute("axis", 0L), x.rank());
        List<Dim> dims = new ArrayList<>(x.dims().subList(0, axis));
        dims.addAll(index.dims());
        dims.addAll(x.dims().subList(axis + 1, x.rank()));
        node.define(
                0,
                new Term.Call(
                        "gather",
                        List.of(
                                Term.Argument.of(x.term()),
                                Term.Argument.of(index.term()),
                                Term.Argument.of("axis", new Term.Literal("" + axis)))),
                new TensorType(x.dtype(), new Shape(dims)));
    }

    private static void slice(NodeContext node) {
        Operand x = node.operand(0);
        List<Dim> starts = node.lengths(1, "the start");
        List<Dim> ends = node.lengths(2, "the end");
        List<Dim> axes = node.has(3)
                ? node.lengths(3, "the axes")
                : IntStream.range(0, starts.size()).mapToObj(Dim::of).toList();
        List<Dim> dims = new ArrayList<>(x.dims());
        List<Term.Index> indices = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            indices.add(new Term.Index.Range(
                    java.util.Optional.empty(), java.util.Optional.empty(), java.util.Optional.empty()));
        }
        for (int i = 0; i < starts.size(); i++) {
            int axis = Shapes.axis(axes.get(i).value(), x.rank());
            indices.set(
                    axis,
                    new Term.Index.Range(
                            java.util.Optional.of(new Term.Length(starts.get(i))),
                            java.util.Optional.of(new Term.Length(ends.get(i))),
                            java.util.Optional.empty()));
            dims.set(axis, ends.get(i).minus(starts.get(i)));
        }
        node.define(0, new Term.Subscript(x.term(), indices), new TensorType(x.dtype(), new Shape(dims)));
    }
}
