package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Many elements made one, along axes. */
final class Reductions {
    private Reductions() {}

    /** A reduction of a node: which axes go, and whether they stay as axes of length one. */
    private record Along(Operand x, List<Integer> axes, boolean keep) {
        /** {@code function(term, axis = ..., keepdims = true)}. */
        Term reduce(String function, Term term) {
            List<Object> named = new ArrayList<>();
            if (axes.size() < x.rank() || keep) {
                named.addAll(List.of(
                        "axis",
                        Terms.axes(axes.stream()
                                .map(a -> NodeAxes.written(a, x.rank()))
                                .toList())));
            }
            if (keep) {
                named.addAll(List.of("keepdims", Terms.truth(true)));
            }
            return Terms.call(function, term, named.toArray());
        }

        List<Dim> shape() {
            List<Dim> shape = new ArrayList<>();
            for (int i = 0; i < x.rank(); i++) {
                if (!axes.contains(i)) {
                    shape.add(x.dims().get(i));
                } else if (keep) {
                    shape.add(Dim.ONE);
                }
            }
            return shape;
        }
    }

    /** What a reduction means. */
    private interface Meaning {
        Term of(NodeContext node, Along along);
    }

    static void addTo(OperatorTable table) {
        add(table, "ReduceSum", (node, r) -> r.reduce("sum", r.x().term()));
        add(table, "ReduceProd", (node, r) -> r.reduce("prod", r.x().term()));
        add(table, "ReduceMax", (node, r) -> r.reduce(r.x().dtype() == DType.BOOL ? "any" : "max", r.x().term()));
        add(table, "ReduceMin", (node, r) -> r.reduce(r.x().dtype() == DType.BOOL ? "all" : "min", r.x().term()));
        add(table, "ReduceMean", Reductions::mean);
        add(table, "ReduceL1", (node, r) -> r.reduce("sum", Call.of("abs", r.x().term())));
        add(table, "ReduceL2", Reductions::euclidean);
        add(table, "ReduceSumSquare", (node, r) -> r.reduce("sum", Terms.square(r.x().term())));
        add(table, "ReduceLogSum", (node, r) -> Call.of("log", r.reduce("sum", r.x().term())));
        add(table, "ReduceLogSumExp", Reductions::logSumExp);
        table.add("", "GlobalAveragePool", node -> overPositions(node, "mean"));
        table.add("", "GlobalMaxPool", node -> overPositions(node, "max"));
    }

    private static void add(OperatorTable table, String name, Meaning meaning) {
        table.add("", name, node -> {
            Operand x = node.operand(0);
            Optional<List<Integer>> axes = NodeAxes.listed(node, 1, x.rank()).filter(a -> !a.isEmpty());
            boolean keep = node.attribute("keepdims", 1) != 0;
            boolean none = axes.isEmpty() && node.attribute("noop_with_empty_axes", 0) != 0;
            Along along = new Along(x, none ? List.of() : axes.orElse(NodeAxes.all(x.rank())), keep);
            if (along.axes().isEmpty()) {
                node.define(0, single(name, x), x.type());
            } else {
                node.define(0, meaning.of(node, along), Terms.type(x.dtype(), along.shape()));
            }
        });
    }

    /** What a reduction makes of an element alone. */
    private static Term single(String name, Operand x) {
        UnaryOperator<Term> meaning = switch (name) {
            case "ReduceL1", "ReduceL2" -> e -> Call.of("abs", e);
            case "ReduceSumSquare" -> Terms::square;
            case "ReduceLogSum" -> e -> Call.of("log", e);
            default -> e -> e;
        };
        return meaning.apply(x.term());
    }

    private static Term mean(NodeContext node, Along r) {
        if (r.x().dtype().isFloat()) {
            return r.reduce("mean", r.x().term());
        }
        Dim count =
                Terms.product(r.axes().stream().map(a -> r.x().dims().get(a)).toList());
        Operand sum = node.step("sum", r.reduce("sum", r.x().term()), Terms.type(r.x().dtype(), r.shape()));
        // Rounded towards zero, as C++ divides.
        return Terms.times(
                Call.of("sign", sum.term()), new Infix("div", Call.of("abs", sum.term()), Terms.length(count)));
    }

    private static Term euclidean(NodeContext node, Along r) {
        DType dtype = r.x().dtype();
        if (dtype.isFloat()) {
            return Call.of("sqrt", r.reduce("sum", Terms.square(r.x().term())));
        }
        Term squares = r.reduce("sum", Terms.square(Terms.cast(r.x().term(), DType.F64)));
        return Terms.cast(Call.of("sqrt", squares), dtype);
    }

    /** The greatest element is taken out first, so that no exponential overflows; it must be finite for that. */
    private static Term logSumExp(NodeContext node, Along r) {
        Along kept = new Along(r.x(), r.axes(), true);
        DType dtype = r.x().dtype();
        Term lowest = Terms.number(dtype == DType.F16 ? -65504 : -3e38, dtype);
        Operand greatest = node.step(
                "greatest", Call.of("max", kept.reduce("max", r.x().term()), lowest), Terms.type(dtype, kept.shape()));
        Term sum = r.reduce("sum", Call.of("exp", Terms.minus(r.x().term(), greatest.term())));
        Term back = r.keep() ? greatest.term() : Terms.reshape(greatest.term(), r.shape());
        return Terms.plus(Call.of("log", sum), back);
    }

    /** Along all axes behind those of batch and channels. */
    private static void overPositions(NodeContext node, String function) {
        Operand x = node.operand(0);
        Along along = new Along(x, NodeAxes.all(x.rank()).subList(2, x.rank()), true);
        node.define(0, along.reduce(function, x.term()), Terms.type(x.dtype(), along.shape()));
    }
}
