package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;

/** The indexes of an axis that a loop runs over. */
public sealed interface Span {
    /** The same as steps along an axis. @throws IllegalStateException when that depends on the current block */
    default Steps steps(Axis axis) {
        return switch (this) {
            case Steps s -> s;
            case Between b -> new Steps(b.from(), b.to(), 1);
            case Whole w -> new Steps(ScalarExpr.of(0), ScalarExpr.of(axis.extent()), 1);
            default -> throw new IllegalStateException("not a loop of a device: " + this);
        };
    }

    /** All of them. */
    Span WHOLE = new Whole();

    /** Those of the current block. */
    Span BLOCK = new Block();

    /** All of them. */
    record Whole() implements Span {
        @Override
        public String toString() {
            return "whole";
        }
    }

    /** Those of the current block. */
    record Block() implements Span {
        @Override
        public String toString() {
            return "block";
        }
    }

    /** A block of full size, also where the axis ends before. What is computed past its end is not read. */
    record Padded(int size) implements Span {
        @Override
        public String toString() {
            return "block of " + size;
        }
    }

    /** From one index to another, which is not included: programs of type {@code i64}. */
    record Between(ScalarExpr from, ScalarExpr to) implements Span {}

    /** A power of two, half of it, and so on to one. */
    record Halves(int from) implements Span {
        public Halves {
            if (Integer.bitCount(from) != 1 || from < 0) {
                throw new IllegalArgumentException(from + " is no power of two");
            }
        }

        @Override
        public String toString() {
            return "halves from " + from;
        }
    }

    /** Every {@code step}th index from {@code from} on, below {@code to}: programs of type {@code i64}. */
    record Steps(ScalarExpr from, ScalarExpr to, int step) implements Span {}
}
