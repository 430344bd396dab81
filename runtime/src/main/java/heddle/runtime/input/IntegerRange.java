package heddle.runtime.input;

import java.util.List;

/** The integers from {@code low} to {@code high}, both included. Arithmetic that overflows throws. */
public record IntegerRange(long low, long high) {
    static IntegerRange of(long value) {
        return new IntegerRange(value, value);
    }

    static IntegerRange hull(List<IntegerRange> ranges) {
        long low = ranges.stream().mapToLong(IntegerRange::low).min().orElseThrow();
        long high = ranges.stream().mapToLong(IntegerRange::high).max().orElseThrow();
        return new IntegerRange(low, high);
    }

    boolean contains(IntegerRange other) {
        return low <= other.low && other.high <= high;
    }

    boolean isPoint() {
        return low == high;
    }

    IntegerRange plus(IntegerRange other) {
        return new IntegerRange(Math.addExact(low, other.low), Math.addExact(high, other.high));
    }

    IntegerRange negated() {
        return new IntegerRange(Math.negateExact(high), Math.negateExact(low));
    }

    IntegerRange times(IntegerRange other) {
        return hull(List.of(
                of(Math.multiplyExact(low, other.low)),
                of(Math.multiplyExact(low, other.high)),
                of(Math.multiplyExact(high, other.low)),
                of(Math.multiplyExact(high, other.high))));
    }

    IntegerRange min(IntegerRange other) {
        return new IntegerRange(Math.min(low, other.low), Math.min(high, other.high));
    }

    IntegerRange max(IntegerRange other) {
        return new IntegerRange(Math.max(low, other.low), Math.max(high, other.high));
    }

    IntegerRange dividedBy(long divisor) {
        return new IntegerRange(Math.floorDiv(low, divisor), Math.floorDiv(high, divisor));
    }

    IntegerRange modulo(long divisor) {
        return dividedBy(divisor).isPoint()
                ? new IntegerRange(Math.floorMod(low, divisor), Math.floorMod(high, divisor))
                : new IntegerRange(0, divisor - 1);
    }
}
