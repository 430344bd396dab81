package heddle.compiler.frontend.function.filled;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.op.Constant;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Numbers at equal distances. */
public final class RangeFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("range", "from", "to").withDefault("step", 1);
    }

    @Override
    public String summary() {
        return "from, from + step, … up to but without `to`: integers or lengths, or known numbers with a fraction";
    }

    @Override
    public String shapes() {
        return "i64[(to - from) / step], rounded up; f32 for numbers with a fraction";
    }

    @Override
    public Denotation expand(Arguments a) {
        boolean whole = Stream.of("from", "to", "step").allMatch(p -> a.value(p) instanceof Length);
        return whole ? integers(a) : fractions(a);
    }

    private static Tensor integers(Arguments a) {
        Dim from = a.known("from").length();
        Dim to = a.known("to").length();
        long step = notZero(a, a.known("step").integer());
        Dim way = step > 0 ? to.minus(from) : from.minus(to);
        Dim count = way.ceilDiv(Dim.of(Math.abs(step)));
        Maths m = a.maths();
        Tensor numbers = a.emitter().add(new Iota(count.isKnown() && count.value() < 0 ? Dim.ZERO : count));
        Tensor scaled = step == 1 ? numbers : m.multiply(numbers, step);
        return from.isZero() ? scaled : m.add(scaled, m.length(from, DType.I64));
    }

    private static Tensor fractions(Arguments a) {
        double from = a.known("from").real();
        double step = a.known("step").real();
        notZero(a, step);
        double count = Math.max(0, Math.ceil((a.known("to").real() - from) / step));
        if (!(count <= Denotation.MAX_SIZE)) {
            throw a.mistakes()
                    .wrongValue("to", "there are at most " + Denotation.MAX_SIZE + " numbers with a fraction");
        }
        TensorType type = new TensorType(DType.F32, Shape.of(Dim.of((long) count)));
        return a.emitter()
                .add(new Constant(
                        type,
                        IntStream.range(0, (int) count)
                                .mapToObj(i -> (Number) DType.F32.nearest(from + i * step))
                                .toList()));
    }

    private static <T extends Number> T notZero(Arguments a, T step) {
        if (step.doubleValue() == 0) {
            throw a.mistakes().wrongValue("step", "it cannot be zero");
        }
        return step;
    }
}
