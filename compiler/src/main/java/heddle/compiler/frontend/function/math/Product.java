package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Promotion;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Input;
import heddle.compiler.op.Weight;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;

/** The matmul with NumPy's rules, as one contraction. */
public final class Product {
    /** Names of batch axes in equations, outermost first. */
    private static final String BATCH_LETTERS = "bhgacdefijlopqrstuvwxyz";

    private final Emitter emitter;
    private final Operand a;
    private final Operand b;
    private final Span at;

    private Product(Emitter emitter, Operand a, Operand b, Span at) {
        this.emitter = emitter;
        this.a = a;
        this.b = b;
        this.at = at;
    }

    /**
     * {@code a @ b}.
     *
     * @param at where a mismatch of both sides is reported: the operator or the call
     */
    public static Tensor matmul(Emitter emitter, Operand a, Operand b, Span at) {
        return new Product(emitter, a, b, at).emit();
    }

    private Tensor emit() {
        requireMatrix(a);
        requireMatrix(b);
        List<Tensor> both = new Promotion(emitter).toCommonType(List.of(a, b), at);
        Tensor left = both.get(0);
        Tensor right = both.get(1);
        if (!left.dim(-1).equals(summedRight(right))) {
            throw lengthsDiffer(left, right);
        }
        int batchAxes = Math.max(left.rank(), right.rank()) - 2;
        StringBuilder leftBatch = new StringBuilder();
        StringBuilder rightBatch = new StringBuilder();
        StringBuilder batch = new StringBuilder();
        for (int i = batchAxes; i >= 1; i--) {
            int axis = -2 - i;
            char letter = BATCH_LETTERS.charAt(batchAxes - i);
            boolean onLeft = has(left, axis);
            boolean onRight = has(right, axis);
            if (onLeft && onRight && !left.dim(axis).equals(right.dim(axis))) {
                onLeft = !left.dim(axis).is(1);
                onRight = !right.dim(axis).is(1);
                if (onLeft && onRight) {
                    throw batchesDiffer(axis, left, right);
                }
            }
            leftBatch.append(onLeft ? letter : '1');
            rightBatch.append(onRight ? letter : '1');
            batch.append(letter);
        }
        String equation = letters(left, leftBatch, "n", "k") + "," + letters(right, rightBatch, "k", "m") + "->" + batch
                + (left.rank() > 1 ? "n" : "") + (right.rank() > 1 ? "m" : "");
        return emitter.add(new Contract(equation), withoutOnes(left, leftBatch), withoutOnes(right, rightBatch));
    }

    private static Dim summedRight(Tensor right) {
        return right.dim(right.rank() == 1 ? 0 : -2);
    }

    private static boolean has(Tensor x, int axis) {
        return x.rank() > 1 && -axis <= x.rank();
    }

    /** The letters of an operand's axes; a vector has only the summed one. */
    private static String letters(Tensor x, CharSequence batch, String first, String second) {
        return x.rank() == 1 ? "k" : batch.toString().replace("1", "") + first + second;
    }

    /** Without the batch axes of length one that broadcast: a contraction repeats along the axes an operand lacks. */
    private Tensor withoutOnes(Tensor x, CharSequence batch) {
        List<Dim> dims = new ArrayList<>();
        int missing = batch.length() + 2 - x.rank();
        for (int axis = 0; axis < x.rank(); axis++) {
            boolean isBatch = x.rank() > 1 && axis < x.rank() - 2;
            if (!isBatch || batch.charAt(axis + missing) != '1') {
                dims.add(x.dim(axis));
            }
        }
        return new Maths(emitter).reshape(x, new Shape(dims));
    }

    private void requireMatrix(Operand o) {
        if (!(o.value() instanceof Tensor t) || t.rank() == 0) {
            throw new DiagnosticException(Diagnostic.at(
                            at,
                            FrontendCode.MATMUL,
                            "a matrix product needs tensors with at least one axis, not " + Words.describe(o.value()))
                    .related(o.span(), Words.describe(o.value()))
                    .hint("`@` is the matrix product; `*` multiplies element by element"));
        }
    }

    private DiagnosticException lengthsDiffer(Tensor left, Tensor right) {
        String lengths = left.dim(-1) + " on the left, " + summedRight(right) + " on the right";
        Diagnostic mistake = Diagnostic.at(
                        at,
                        FrontendCode.MATMUL,
                        "the matrix product of " + left.type() + " and " + right.type() + " sums over lengths "
                                + left.dim(-1) + " and " + summedRight(right))
                .label(lengths);
        Diagnostic d = Words.both(mistake, a, b)
                .note("the last axis of the left side and the last but one of the right side must be equal");
        if (right.rank() > 1 && left.dim(-1).equals(right.dim(-1))) {
            return new DiagnosticException(d.hint(transposeHint(b, right, "right")));
        }
        if (left.rank() > 1 && left.dim(-2).equals(summedRight(right)) && isGiven(left)) {
            return new DiagnosticException(d.hint(transposeHint(a, left, "left")));
        }
        return new DiagnosticException(
                right.rank() > 1 && !isGiven(left)
                        ? d.hint("the right side needs " + left.dim(-1)
                                + " rows, one for each column of the left side; it has " + right.dim(-2))
                        : d);
    }

    /** Whether a matrix is as it came, so that it may have come the other way round. What was computed rarely is. */
    private static boolean isGiven(Tensor tensor) {
        return switch (tensor.value().node().op()) {
            case Weight w -> true;
            case Input i -> true;
            default -> false;
        };
    }

    private static String transposeHint(Operand operand, Tensor tensor, String side) {
        boolean isWeight = tensor.value().node().op() instanceof Weight;
        String reason = isWeight ? "a weight may be stored the other way round: " : "";
        String written = Words.written(operand, "");
        return reason
                + (written.isEmpty()
                        ? "put the " + side + " side in `transpose(...)`"
                        : "did you mean `transpose(" + written + ")`?");
    }

    private DiagnosticException batchesDiffer(int axis, Tensor left, Tensor right) {
        Diagnostic d = Diagnostic.at(
                        at,
                        FrontendCode.BROADCAST,
                        "the matrix product of " + left.type() + " and " + right.type() + " has batches of lengths "
                                + left.dim(axis) + " and " + right.dim(axis))
                .label("axis " + axis + " is " + left.dim(axis) + " on the left, " + right.dim(axis) + " on the right");
        return new DiagnosticException(Words.both(d, a, b)
                .note("axes before the last two are batches: their lengths are equal, or one of them is 1"));
    }
}
