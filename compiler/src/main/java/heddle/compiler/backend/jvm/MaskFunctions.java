package heddle.compiler.backend.jvm;

import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.type.DType;
import java.util.Optional;

/** Functions that return bools, as lane masks. */
final class MaskFunctions {
    private final VectorCode code;
    private final Lanes lanes;

    MaskFunctions(VectorCode code) {
        this.code = code;
        this.lanes = code.lanes();
    }

    /** A mask of the lanes in which {@code e} holds. */
    String of(Apply e) {
        return switch (e.fn()) {
            case AND -> code.declareMask(arg(e, 0) + ".and(" + arg(e, 1) + ")");
            case OR -> code.declareMask(arg(e, 0) + ".or(" + arg(e, 1) + ")");
            case XOR -> code.declareMask(arg(e, 0) + ".xor(" + arg(e, 1) + ")");
            case NOT -> code.declareMask(arg(e, 0) + ".not()");
            case SELECT -> code.select(e);
            case EQ, NE, LT, LE, GT, GE -> compare(e);
            case CAST ->
                lanes.hold(e.args().getFirst().type())
                        ? code.declareMask(arg(e, 0) + ".compare(VectorOperators.NE, 0)")
                        : new LaneByLane(code).of(e);
            default -> new LaneByLane(code).of(e);
        };
    }

    private String compare(Apply e) {
        DType type = e.args().getFirst().type();
        if (lanes.hold(type)) {
            return code.declareMask(arg(e, 0) + ".compare(VectorOperators." + e.fn() + ", " + arg(e, 1) + ")");
        }
        if (type == DType.I64 && lanes.element().equals("float")) {
            Optional<String> mask = code.loop().indexComparison(e, code.at());
            if (mask.isPresent()) {
                return code.declareMask(mask.get());
            }
        }
        return new LaneByLane(code).of(e);
    }

    private String arg(Apply e, int i) {
        return code.of(e.args().get(i));
    }
}
