package heddle.compiler.frontend.function;

import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A vector that goes along one axis of a tensor: the weight or bias of a normalisation. */
public final class AxisVector {
    private AxisVector() {}

    /** The argument {@code parameter}, which must be a vector as long as that axis, shaped to broadcast along it. */
    public static Tensor of(Arguments a, String parameter, Tensor x, int axis) {
        Tensor vector = a.tensor(parameter, x.dtype());
        TensorType expected = new TensorType(x.dtype(), Shape.of(x.dim(axis)));
        if (vector.rank() == 0) {
            return vector;
        }
        if (!vector.type().equals(expected)) {
            throw a.mistakes()
                    .unfit(
                            parameter,
                            FrontendCode.BROADCAST,
                            "needs " + parameter + " to be " + expected + " for x, which is " + x.type() + ", not "
                                    + vector.type(),
                            "");
        }
        List<Dim> dims = new ArrayList<>(Collections.nCopies(x.rank() - axis, Dim.ONE));
        dims.set(0, x.dim(axis));
        return a.maths().reshape(vector, new Shape(dims));
    }
}
