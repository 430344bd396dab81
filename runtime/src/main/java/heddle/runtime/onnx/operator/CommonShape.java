package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.KnownTerms;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.Shapes;
import java.util.List;
import java.util.function.Function;

/**
 * Operands that are repeated to have one shape.
 *
 * @param shape that all have together
 * @param bare  that those have together whose elements are not known
 */
record CommonShape(List<Dim> shape, List<Dim> bare) {
    static CommonShape of(NodeContext node, List<Operand> operands) {
        return new CommonShape(
                together(node, operands),
                together(
                        node, operands.stream().filter(x -> x.known().isEmpty()).toList()));
    }

    private static List<Dim> together(NodeContext node, List<Operand> operands) {
        Shape shape = Shape.SCALAR;
        for (Operand x : operands) {
            shape = Shapes.broadcast(node, shape, x.type().shape());
        }
        return shape.dims();
    }

    /** An operand as it stands beside the others: as a number, where all its elements are one and the shape is theirs. */
    Term beside(Operand x) {
        boolean needsNoShape = shape.equals(bare) || x.rank() == 0;
        return x.known()
                .filter(k -> needsNoShape)
                .flatMap(KnownTerms::uniform)
                .map(e -> KnownTerms.term(e, x.dtype()))
                .orElse(x.term());
    }

    /** Defines the node's result, element by element. @param meaning given the operands as they stand beside each other */
    static void define(NodeContext node, DType dtype, List<Operand> operands, Function<List<Term>, Term> meaning) {
        CommonShape common = of(node, operands);
        List<Term> terms = operands.stream().map(common::beside).toList();
        node.define(0, meaning.apply(terms), Terms.type(dtype, common.shape()));
    }

    /** An operand repeated to have a shape; itself where it has it. */
    static Term expanded(Operand x, List<Dim> shape) {
        return x.dims().equals(shape) ? x.term() : Term.Call.of("expand", Terms.tensor(x), Terms.lengths(shape));
    }
}
