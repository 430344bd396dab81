package heddle.compiler.frontend.function.network;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.op.Constant;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Rotary position embedding (Su et al. 2021). Pair i of the last axis, which has length d, is rotated by the angle
 * {@code position * base ** (-2 * i / d)}.
 */
public final class RopeFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("rope", "x", "positions").withDefault("base", 10000).withDefault("interleaved", false);
    }

    @Override
    public String summary() {
        return "turns pairs of the last axis by angles that grow with the position; pairs are i and i + d/2, or"
                + " neighbours when interleaved";
    }

    @Override
    public String shapes() {
        return "[.., n, d], positions [n] or [b, n] → [.., n, d]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.floats("x");
        if (x.rank() < 2 || !x.dim(-1).isKnown() || x.dim(-1).value() % 2 != 0) {
            throw a.mistakes()
                    .unfit(
                            "x",
                            FrontendCode.OPERATION,
                            "needs a last axis of a known, even length after the axis of positions, not " + x.type(),
                            "");
        }
        Maths m = a.maths();
        Tensor angle = angles(a, x);
        Tensor cos = m.cast(m.apply(ScalarFn.COS, angle), x.dtype());
        Tensor sin = m.cast(m.apply(ScalarFn.SIN, angle), x.dtype());
        return a.known("interleaved").truth() ? turnNeighbours(m, x, cos, sin) : turnHalves(m, x, cos, sin);
    }

    /** The angles in at least f32, shaped to broadcast against half of {@code x}. */
    private static Tensor angles(Arguments a, Tensor x) {
        Tensor positions = a.tensor("positions");
        if (positions.rank() == 0
                || positions.rank() >= x.rank()
                || !positions.dim(-1).equals(x.dim(-2))) {
            throw a.mistakes()
                    .unfit(
                            "positions",
                            FrontendCode.BROADCAST,
                            "needs one position for each of the " + x.dim(-2) + " places of x, which is " + x.type()
                                    + ", not " + positions.type(),
                            "positions that start at zero are iota(" + x.dim(-2) + ")");
        }
        Maths m = a.maths();
        DType dtype = x.dtype() == DType.F64 ? DType.F64 : DType.F32;
        long pairs = x.dim(-1).value() / 2;
        double base = a.known("base").real();
        List<Number> rates = new ArrayList<>();
        for (long i = 0; i < pairs; i++) {
            rates.add(Math.pow(base, (double) -i / pairs));
        }
        Tensor rate = a.emitter().add(new Constant(new TensorType(dtype, Shape.of(pairs)), rates));
        // Positions [b, n] belong to the first axes of x: the axes between are repeated.
        List<Dim> dims = new ArrayList<>(positions.type().shape().dims());
        while (positions.rank() > 1 && dims.size() < x.rank() - 1) {
            dims.add(positions.rank() - 1, Dim.ONE);
        }
        dims.add(Dim.ONE);
        return m.multiply(m.cast(m.reshape(positions, new Shape(dims)), dtype), rate);
    }

    private static Tensor turnHalves(Maths m, Tensor x, Tensor cos, Tensor sin) {
        int axis = x.rank() - 1;
        Dim half = cos.dim(-1);
        List<Tensor> turned = turn(m, m.slice(x, axis, Dim.ZERO, half), m.slice(x, axis, half, half), cos, sin);
        return m.concat(turned, axis);
    }

    private static Tensor turnNeighbours(Maths m, Tensor x, Tensor cos, Tensor sin) {
        int axis = x.rank();
        List<Dim> dims = new ArrayList<>(x.type().shape().dims());
        dims.set(axis - 1, cos.dim(-1));
        dims.add(Dim.of(2));
        Tensor pairs = m.reshape(x, new Shape(dims));
        Tensor first = m.dropAxis(m.slice(pairs, axis, Dim.ZERO, Dim.ONE), axis);
        Tensor second = m.dropAxis(m.slice(pairs, axis, Dim.ONE, Dim.ONE), axis);
        List<Tensor> turned = turn(m, first, second, cos, sin);
        List<Tensor> columns = turned.stream().map(t -> m.insertAxis(t, axis)).toList();
        return m.reshape(m.concat(columns, axis), x.type().shape());
    }

    /** The pair (a, b) turned: (a cos - b sin, b cos + a sin). */
    private static List<Tensor> turn(Maths m, Tensor a, Tensor b, Tensor cos, Tensor sin) {
        return List.of(
                m.subtract(m.multiply(a, cos), m.multiply(b, sin)), m.add(m.multiply(b, cos), m.multiply(a, sin)));
    }
}
