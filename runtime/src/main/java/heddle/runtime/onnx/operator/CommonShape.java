package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Shapes of results that operands are repeated to have. */
final class CommonShape {
    private CommonShape() {}

    /** The shape that operands have together. */
    static List<Dim> shape(NodeContext node, List<Operand> operands) {
        List<Dim> shape = List.of();
        for (Operand x : operands) {
            shape = shape(node, shape, x.dims());
        }
        return shape;
    }

    /** The shape that two shapes have together, aligned at their last axes. */
    static List<Dim> shape(NodeContext node, List<Dim> a, List<Dim> b) {
        List<Dim> longer = a.size() >= b.size() ? a : b;
        List<Dim> shorter = longer == a ? b : a;
        int more = longer.size() - shorter.size();
        List<Dim> result = new ArrayList<>(longer.subList(0, more));
        for (int i = 0; i < shorter.size(); i++) {
            result.add(length(node, longer.get(more + i), shorter.get(i)));
        }
        return result;
    }

    private static Dim length(NodeContext node, Dim a, Dim b) {
        if (a.equals(b) || b.is(1)) {
            return a;
        }
        return a.is(1) ? b : node.unify(a, b);
    }

    /** Defines the node's result, a term of all these operands, element by element. */
    static void define(NodeContext node, Term term, DType dtype, List<Operand> operands) {
        List<Dim> shape = shape(node, operands);
        node.define(0, expanded(term, shape, operands), Terms.type(dtype, shape));
    }

    /** Known numbers are written without their axes of length one; where these are all there is, they are put back. */
    private static Term expanded(Term term, List<Dim> shape, List<Operand> operands) {
        int rank = operands.stream()
                .mapToInt(x -> Terms.isNumber(x) ? 0 : x.rank())
                .max()
                .orElse(0);
        return rank == shape.size() ? term : Term.Call.of("expand", term, Terms.lengths(shape));
    }

    /** An operand repeated to have a shape; itself where it has it. */
    static Term to(Operand x, List<Dim> shape) {
        return x.dims().equals(shape) && !(Terms.isNumber(x) && x.rank() > 0)
                ? Terms.tensor(x)
                : Term.Call.of("expand", Terms.tensor(x), Terms.lengths(shape));
    }

    /** Lengths of one. */
    static List<Dim> ones(int rank) {
        return new Shape(Collections.nCopies(rank, Dim.ONE)).dims();
    }
}
