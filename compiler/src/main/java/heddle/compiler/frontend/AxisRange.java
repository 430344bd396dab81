package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.Optional;
import java.util.stream.Stream;

/** The elements of an axis that a subscript keeps: {@code start + i * step} for i below {@code length}. */
record AxisRange(Dim start, Dim length, long step) {
    static AxisRange whole(Dim axisLength) {
        return new AxisRange(Dim.ZERO, axisLength, 1);
    }

    boolean isWhole(Dim axisLength) {
        return equals(whole(axisLength));
    }

    /** A single element. */
    static AxisRange at(Operand index, Dim axisLength) {
        Dim i = fromFront(length(index), axisLength);
        if (isNegative(i) || isNegative(axisLength.minus(i).minus(1))) {
            throw outside(index.span(), "there is no element " + length(index) + " in", axisLength);
        }
        return new AxisRange(i, Dim.ONE, 1);
    }

    /** {@code start:stop:step}; parts left out mean the whole axis. */
    static AxisRange of(Subscripted.Range range, Dim axisLength) {
        long step = range.step().map(AxisRange::step).orElse(1L);
        return step > 0 ? forwards(range, axisLength, step) : backwards(range, axisLength, step);
    }

    private static AxisRange forwards(Subscripted.Range range, Dim n, long step) {
        Dim start = range.start().map(s -> fromFront(length(s), n)).orElse(Dim.ZERO);
        Dim stop = range.stop().map(s -> fromFront(length(s), n)).orElse(n);
        if (isNegative(start) || isNegative(n.minus(stop)) || isNegative(stop.minus(start))) {
            throw misfit(range, start, stop, n, stop.minus(start));
        }
        return new AxisRange(start, stop.minus(start).ceilDiv(Dim.of(step)), step);
    }

    private static AxisRange backwards(Subscripted.Range range, Dim n, long step) {
        Dim start = range.start().map(s -> fromFront(length(s), n)).orElse(n.minus(1));
        Dim stop = range.stop().map(s -> fromFront(length(s), n)).orElse(Dim.of(-1));
        if (isNegative(n.minus(start).minus(1)) || isNegative(start.minus(stop))) {
            throw misfit(range, start, stop, n, start.minus(stop));
        }
        return new AxisRange(start, start.minus(stop).ceilDiv(Dim.of(-step)), step);
    }

    /** An index counted from the front; negative ones count from the end. */
    private static Dim fromFront(Dim index, Dim axisLength) {
        return isNegative(index) ? index.plus(axisLength) : index;
    }

    private static boolean isNegative(Dim dim) {
        return dim.isKnown() && dim.value() < 0;
    }

    private static long step(Operand operand) {
        Dim step = length(operand);
        if (!step.isKnown() || step.isZero()) {
            throw new DiagnosticException(Diagnostic.at(
                    operand.span(), FrontendCode.INDEX, "a step must be a known integer other than 0, not " + step));
        }
        return step.value();
    }

    private static Dim length(Operand operand) {
        if (operand.value() instanceof Length l) {
            return l.dim();
        }
        throw new DiagnosticException(Diagnostic.at(
                        operand.span(),
                        FrontendCode.INDEX,
                        "a subscript must be an integer, a length, a range or a tensor of integers, not "
                                + Words.describe(operand.value()))
                .label(Words.describe(operand.value())));
    }

    /**
     * A range that is outside its axis, or runs the other way than its step.
     *
     * @param elements between its ends
     */
    private static DiagnosticException misfit(Subscripted.Range range, Dim start, Dim stop, Dim n, Dim elements) {
        String written = range.start().map(s -> length(s).toString()).orElse("") + ":"
                + range.stop().map(s -> length(s).toString()).orElse("");
        String counted = isCountedFromEnd(range) ? ", which is " + start + ":" + stop + "," : "";
        boolean backwards = !isNegative(start) && isNegative(elements);
        return backwards
                ? new DiagnosticException(Diagnostic.at(
                                range.span(),
                                FrontendCode.INDEX,
                                "the range " + written + counted + " ends before it begins")
                        .hint("a range goes from its first element to the one after its last, in steps of its sign"))
                : outside(range.span(), "the range " + written + counted + " does not fit in", n);
    }

    private static boolean isCountedFromEnd(Subscripted.Range range) {
        return Stream.of(range.start(), range.stop())
                .flatMap(Optional::stream)
                .anyMatch(end -> isNegative(length(end)));
    }

    private static DiagnosticException outside(Span at, String what, Dim axisLength) {
        Diagnostic d = Diagnostic.at(at, FrontendCode.INDEX, what + " an axis of length " + axisLength);
        Optional<String> valid = axisLength.isKnown() && axisLength.value() > 0
                ? Optional.of(
                        axisLength.is(1)
                                ? "the only element is 0, or -1 counted from the end"
                                : "elements run from 0 to " + (axisLength.value() - 1) + ", or from -" + axisLength
                                        + " to -1 counted from the end")
                : Optional.empty();
        return new DiagnosticException(valid.map(d::hint).orElse(d));
    }
}
