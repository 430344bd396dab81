package heddle.runtime.jvm;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.Arrays;
import java.util.List;

/** Scalar programs for kernels set up by hand. */
final class Programs {
    private Programs() {}

    static ScalarExpr fn(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }

    static ScalarExpr literal(double value) {
        return new ScalarExpr.Literal(DType.F32, value);
    }

    static ScalarExpr.Variable variable(String name, DType type) {
        return new ScalarExpr.Variable(name, type);
    }

    /** The element of a buffer at the current indexes. */
    static ScalarExpr at(Buffer buffer, Axis... index) {
        return new ScalarExpr.Element(buffer, address(buffer, index));
    }

    static ScalarExpr address(Buffer buffer, Axis... index) {
        return address(buffer, Arrays.stream(index).map(ScalarExpr::of).toArray(ScalarExpr[]::new));
    }

    static ScalarExpr address(Buffer buffer, ScalarExpr... index) {
        return IndexSimplifier.address(buffer.type().shape(), List.of(index));
    }

    static ScalarExpr at(Buffer buffer, ScalarExpr... index) {
        return new ScalarExpr.Element(buffer, address(buffer, index));
    }
}
