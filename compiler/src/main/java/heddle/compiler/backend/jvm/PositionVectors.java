package heddle.compiler.backend.jvm;

import heddle.compiler.backend.jvm.text.Support;
import heddle.compiler.index.PositionCasts;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import java.util.Optional;

/** Writes positions, cast to floats: that of the first lane, plus the lanes' steps. */
record PositionVectors(VectorCode code) {
    /** A vector that holds a cast in each lane. */
    String of(Apply cast) {
        Optional<Stride> stride = PositionCasts.stride(cast, code.loop().axis())
                .filter(s -> !code.isConditional() || !ScalarExprs.readsMemory(s.start()));
        return stride.map(s -> evenly(s, cast))
                .or(() -> PositionCasts.inward(cast).map(code::of))
                .orElseGet(() -> new LaneByLane(code).of(cast));
    }

    /** Beyond the integers that floats have, each lane is rounded by itself: a rounded sum would be rounded twice. */
    private String evenly(Stride stride, Apply cast) {
        boolean single = code.lanes().element().equals("float");
        Support rounded = single ? Support.FLOAT_POSITIONS : Support.DOUBLE_POSITIONS;
        code.loop().support().add(rounded);
        long step = stride.step().value();
        long exact = (single ? 1L << 24 : 1L << 53) - code.lanes().count() * Math.abs(step);
        String start = at(stride.start(), step);
        String steps = code.loop().laneSteps(step);
        String first = code.locals().fresh("first");
        code.out().line("long " + first + " = " + start + ";");
        String sum = code.lanes().broadcast("(" + code.lanes().element() + ") " + first) + ".add(" + steps + ")";
        String result = code.declare(cast.fn().text(), sum);
        code.out().open("if (" + first + " < -" + exact + "L || " + first + " > " + exact + "L)");
        code.out().line(result + " = " + rounded.methodName() + "(" + first + ", " + step + "L);");
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
