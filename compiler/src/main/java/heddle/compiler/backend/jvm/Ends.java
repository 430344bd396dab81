package heddle.compiler.backend.jvm;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scheduled.Span;
import heddle.compiler.type.Dim;

/**
 * Where a loop begins and ends, in Java.
 *
 * @param from   the first index: an {@code int} expression
 * @param to     the one after the last
 * @param length how many there are; a symbol when that is not known
 */
record Ends(String from, String to, Dim length) {
    static final Dim UNKNOWN = Dim.symbol("length");

    /** The ends of a part of an axis that is not given by programs. */
    static Ends of(Axis axis, Span span) {
        return switch (span) {
            case Span.Whole whole -> new Ends("0", KernelScope.extent(axis), axis.extent());
            case Span.Block block -> new Ends(KernelScope.from(axis), KernelScope.to(axis), UNKNOWN);
            case Span.Padded p ->
                new Ends(KernelScope.from(axis), KernelScope.from(axis) + " + " + p.size(), Dim.of(p.size()));
            default -> throw new IllegalArgumentException("not the ends of " + axis);
        };
    }
}
