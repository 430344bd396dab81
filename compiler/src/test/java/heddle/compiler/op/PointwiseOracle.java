package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.op.layout.Strided;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@link Pointwise#at} says, element by element. */
final class PointwiseOracle {
    private PointwiseOracle() {}

    static double[] elements(Pointwise op, List<NdArray> operands, Map<String, Long> lengths) {
        List<TensorType> types = operands.stream().map(NdArray::type).toList();
        return elements(op, types, op.infer(types).getFirst(), operands, lengths);
    }

    /** With types that may be symbolic. */
    static double[] elements(
            Pointwise op,
            List<TensorType> types,
            TensorType result,
            List<NdArray> operands,
            Map<String, Long> lengths) {
        List<Axis> axes = new ArrayList<>();
        for (Dim d : result.shape().dims()) {
            axes.add(new Axis("i" + axes.size(), d));
        }
        ScalarEvaluator evaluator = new ScalarEvaluator(
                buffer -> operands.get(Integer.parseInt(buffer.name())).data(), lengths);
        ScalarEvaluator.Code code =
                evaluator.code(op.at(axes.stream().map(ScalarExpr::of).toList(), new Buffers(types, result)));
        axes.forEach(evaluator::slot);
        double[] frame = evaluator.frame();
        long[] shape = result.shape().evaluate(lengths);
        double[] out = new double[(int) NdArray.size(shape)];
        long[] index = new long[shape.length];
        for (int i = 0; i < out.length; i++) {
            for (int axis = 0; axis < index.length; axis++) {
                frame[evaluator.slot(axes.get(axis))] = index[axis];
            }
            out[i] = code.run(frame);
            Strided.increment(index, shape);
        }
        return out;
    }

    /** Operands in buffers that are named by their slots. */
    private record Buffers(List<TensorType> types, TensorType result) implements Pointwise.Operands {
        @Override
        public int count() {
            return types.size();
        }

        @Override
        public TensorType type(int slot) {
            return types.get(slot);
        }

        @Override
        public ScalarExpr at(int slot, List<ScalarExpr> index) {
            ScalarExpr address = ScalarExpr.of(0);
            for (int axis = 0; axis < index.size(); axis++) {
                ScalarExpr stride =
                        ScalarExpr.of(types.get(slot).shape().strides().get(axis));
                address = ScalarExpr.apply(
                        ScalarFn.ADD, address, ScalarExpr.apply(ScalarFn.MUL, index.get(axis), stride));
            }
            return new ScalarExpr.Element(new Buffer(String.valueOf(slot), types.get(slot)), address);
        }
    }
}
