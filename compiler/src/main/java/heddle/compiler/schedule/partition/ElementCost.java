package heddle.compiler.schedule.partition;

import heddle.compiler.ir.Node;
import heddle.compiler.op.Dropout;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.Effort;

/**
 * The cost of computing one element of a value in place.
 *
 * @param operations in additions
 * @param reads      elements read from buffers
 */
record ElementCost(int operations, int reads) {
    private static final int TRANSCENDENTAL = 8;
    private static final int DIVISION = 3;

    /** Twenty multiplications and as many exclusive ors. */
    private static final int DRAW = 40;

    /** Reading an element that is stored. */
    static final ElementCost READ = new ElementCost(0, 1);

    static final ElementCost NOTHING = new ElementCost(0, 0);

    ElementCost plus(ElementCost other) {
        return new ElementCost(operations + other.operations, reads + other.reads);
    }

    /** The cost that a node adds to that of its operands. */
    static ElementCost of(Node node) {
        return new ElementCost(
                switch (node.op()) {
                    case Elementwise e -> of(e);
                    case Concat concat -> 2;
                    case Dropout dropout -> DRAW;
                    case View v -> 0;
                    case Pointwise p -> 1;
                    default -> 0;
                },
                0);
    }

    private static int of(Elementwise e) {
        return switch (Effort.of(e.fn())) {
            case TRANSCENDENTAL -> TRANSCENDENTAL;
            case DIVISION -> DIVISION;
            case SIMPLE, ROUNDING -> 1;
        };
    }

    /** Whether computing an element again costs no more than storing it and reading it back. */
    boolean isCheap() {
        return reads <= 1 && operations <= 2;
    }

    /** Whether it is computed only from indices, in a few simple steps. */
    boolean isIndexArithmetic() {
        return reads == 0 && operations < TRANSCENDENTAL;
    }
}
