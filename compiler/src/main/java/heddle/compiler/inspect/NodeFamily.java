package heddle.compiler.inspect;

import heddle.compiler.ir.Op;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.ScatterOp;

/** What a node is at a glance. A page gives each family a colour and a glyph. */
public enum NodeFamily {
    ATTENTION,
    MATMUL,
    ELEMENTWISE,
    REDUCTION,
    LAYOUT,
    DATA;

    /** The family of an operation. */
    public static NodeFamily of(Op op) {
        if (op instanceof Gather || op instanceof ScatterOp) {
            return DATA;
        }
        return switch (op.category()) {
            case FUSED -> ATTENTION;
            case CONTRACTION -> MATMUL;
            case ELEMENTWISE -> ELEMENTWISE;
            case REDUCTION -> REDUCTION;
            case LAYOUT -> LAYOUT;
            case INPUT, WEIGHT, CONSTANT -> DATA;
        };
    }

    /** Whether nodes of an operation are drawn at those that read them: weights, constants, lengths. */
    static boolean isPort(Op op) {
        return op.category() == OpCategory.WEIGHT || op.category() == OpCategory.CONSTANT;
    }
}
