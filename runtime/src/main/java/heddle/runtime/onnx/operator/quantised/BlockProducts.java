package heddle.runtime.onnx.operator.quantised;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.OnnxTensor;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.source.Term.Subscript;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ONNX Runtime's {@code MatMulNBits}: a product with a matrix {@code [outputs, inputs]} of four or eight bits, with a scale for each block
 * of inputs. The matrix is a weight {@code [outputs, blocks, block]}, so that a block is a row.
 */
final class BlockProducts {
    private static final int SCALES = 2;
    private static final int ZEROS = 3;
    private static final int ORDER = 4;
    private static final int BIAS = 5;
    private static final int BYTE_VALUES = 16;

    private BlockProducts() {}

    static void addTo(OperatorTable table) {
        table.add("com.microsoft", "MatMulNBits", BlockProducts::product);
    }

    private static void product(NodeContext node) {
        long bits = node.attribute("bits", 4);
        if (bits != 4 && bits != 8 || node.has(ORDER)) {
            throw new UnsupportedNode("weights of " + bits + " bits, or in another order");
        }
        Operand x = node.operand(0);
        long inputs = node.attribute("K", 0);
        long outputs = node.attribute("N", 0);
        Term matrix = matrix(node, bits, outputs, inputs);
        Term typed = x.dtype() == DType.F32 ? matrix : Terms.cast(matrix, x.dtype());
        Term product = new Infix("@", Terms.tensor(x), Call.of("transpose", typed));
        Term result = node.has(BIAS) ? Terms.plus(product, Terms.tensor(node.operand(BIAS))) : product;
        node.unify(x.dims().getLast(), Dim.of(inputs));
        node.define(0, result, Terms.type(x.dtype(), Terms.with(x.dims(), x.rank() - 1, Dim.of(outputs))));
    }

    private static Term matrix(NodeContext node, long bits, long outputs, long inputs) {
        OnnxTensor packed =
                node.tensor(1).orElseThrow(() -> new UnsupportedNode("its weight is only known when the model runs"));
        long size = node.attribute("block_size", 0);
        long blocks = Math.ceilDiv(inputs, size);
        if (!packed.shape().equals(List.of(outputs, blocks, size * bits / 8))) {
            throw new UnsupportedNode(
                    "a weight " + packed.shape() + " for " + outputs + " outputs in blocks of " + size);
        }
        TensorType type = new TensorType(DType.F32, Shape.of(outputs, blocks, size));
        String name = node.node().inputs().get(1);
        String form = bits == 4 ? "i4" : "i8";
        HeldWeight held = new HeldWeight(name, packed, form, 1 << (bits - 1));
        Term whole;
        if (!node.has(ZEROS) && node.operand(SCALES).term() instanceof Term.Weight scales) {
            whole = new Term.Weight(name, type, ((Term.Weight) held.scaled("row", scales.name())).held());
        } else {
            Term numbers = new Term.Weight(name, type, Optional.of(form));
            Term shifted =
                    node.has(ZEROS) ? Terms.minus(numbers, ofBlocks(zeros(node, bits, outputs, blocks))) : numbers;
            Term scales = Terms.reshape(
                    Terms.as(node.operand(SCALES), DType.F32), List.of(Dim.of(outputs), Dim.of(blocks), Dim.ONE));
            whole = Terms.times(shifted, scales);
        }
        Term flat = Call.of("merge_axes", whole, Terms.whole(1), Terms.whole(2));
        return blocks * size == inputs ? flat : Terms.slice(flat, 1, Dim.ZERO, Dim.of(inputs));
    }

    private static Term ofBlocks(Term zeros) {
        return new Subscript(zeros, List.of(Terms.all(), Terms.all(), new Index.New()));
    }

    /** Zero points {@code [outputs, blocks]}, less by half the range as the weight is. Two of four bits share a byte. */
    private static Term zeros(NodeContext node, long bits, long outputs, long blocks) {
        Operand zeros = node.operand(ZEROS);
        Term half = Terms.number(1 << (bits - 1), DType.F32);
        if (zeros.dtype().isFloat() || bits == 8) {
            Term each = Terms.reshape(Terms.as(zeros, DType.F32), List.of(Dim.of(outputs), Dim.of(blocks)));
            return Terms.minus(each, half);
        }
        long bytes = Math.ceilDiv(blocks, 2);
        Operand packed = node.step(
                "zeros",
                Terms.reshape(Terms.tensor(zeros), List.of(Dim.of(outputs), Dim.of(bytes))),
                Terms.type(DType.I32, List.of(Dim.of(outputs), Dim.of(bytes))));
        List<Term> halves = new ArrayList<>();
        halves.add(new Infix("%", packed.term(), Terms.whole(BYTE_VALUES)));
        halves.add(new Infix("div", packed.term(), Terms.whole(BYTE_VALUES)));
        Term each = Call.of(
                "merge_axes",
                Terms.call("stack", new Term.Items(halves), "axis", Terms.whole(-1)),
                Terms.whole(1),
                Terms.whole(2));
        Term used = 2 * bytes == blocks ? each : Terms.slice(each, 1, Dim.ZERO, Dim.of(blocks));
        return Terms.minus(Terms.cast(used, DType.F32), half);
    }
}
