package heddle.compiler.backend.jvm;

import heddle.compiler.index.PositionCasts;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import java.util.Optional;

/** Writes positions, cast to floats: that of the first lane, plus the lanes' steps. */
final class PositionVectors {
    private final VectorCode code;
    private final Lanes lanes;

    PositionVectors(VectorCode code) {
        this.code = code;
        this.lanes = code.lanes();
    }

    /** A vector that holds a cast in each lane. */
    String of(Apply cast) {
        Optional<Stride> stride = PositionCasts.stride(cast, code.loop().axis())
                .filter(s -> !code.isConditional() || !ScalarExprs.readsMemory(s.start()));
        return stride.map(s -> evenly(s, cast))
                .or(() -> PositionCasts.inward(cast).map(code::of))
                .orElseGet(() -> new LaneByLane(code).of(cast));
    }

    /** Beyond the integers that floats have, each lane is rounded by itself: sums would be rounded otherwise. */
    private String evenly(Stride stride, Apply cast) {
        long step = stride.step().value();
        String first = code.locals().fresh("first");
        String result = code.locals().fresh(cast.fn().text());
        String lane = code.locals().fresh("lane");
        String array = code.locals().fresh("lanes");
        String steps = code.loop().laneSteps(step);
        long exact = (lanes.element().equals("float") ? 1L << 24 : 1L << 53) - lanes.count() * Math.abs(step);
        code.out().line("long " + first + " = " + at(stride.start(), step) + ";");
        code.out()
                .line(lanes.vector() + " " + result + " = "
                        + lanes.broadcast("(" + lanes.element() + ") " + first) + ".add(" + steps + ");");
        code.out().open("if (" + first + " < -" + exact + "L || " + first + " > " + exact + "L)");
        code.out()
                .line(lanes.element() + "[] " + array + " = new " + lanes.element() + "[" + lanes.count() + "];");
        code.out().open("for (int " + lane + " = 0; " + lane + " < " + lanes.count() + "; " + lane + "++)");
        code.out()
                .line(array + "[" + lane + "] = (" + lanes.element() + ") (" + first + " + " + lane + " * " + step
                        + "L);");
        code.out().close();
        code.out().line(result + " = " + lanes.vector() + ".fromArray(" + lanes.species() + ", " + array + ", 0);");
        code.out().close();
        return result;
    }

    /** The position of the first lane. */
    private String at(ScalarExpr start, long step) {
        String moved = ScalarCode.operand(code.at());
        String from = code.loop().invariants().scalar(start);
        return step == 1
                ? from + " + " + moved
                : step == -1 ? from + " - " + moved : from + " + " + step + "L * " + moved;
    }
}
