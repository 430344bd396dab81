package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.Captures;
import heddle.compiler.backend.source.JavaText;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** Writes a method for statements that are computed column by column, and the call of it. */
final class ColumnsCode {
    private final KernelScope scope;
    private final BlockRanges ranges;

    ColumnsCode(KernelScope scope, BlockRanges ranges) {
        this.scope = scope;
        this.ranges = ranges;
    }

    void write(Step.Columns step, JavaText out) {
        Captures captures = new Captures().add(step.body());
        SequencedSet<Axis> axes = new LinkedHashSet<>(captures.axes());
        axes.add(step.lane());
        step.body().forEach(s -> axes.addAll(axes(s)));
        List<String> ends = new ArrayList<>();
        for (Axis axis : axes) {
            if (ranges.isBlocked(axis)) {
                ends.add("int " + ranges.from(axis));
                ends.add("int " + ranges.to(axis));
            }
        }
        KernelScope.Part part = scope.part("_" + name(step), "void", captures, ends);
        axes.forEach(a -> part.locals().bind(a, new Locals.Range(ranges.from(a), ranges.to(a))));
        JavaText loop = part.text().apart();
        if (step.lanes().isPresent()) {
            writeLanes(step, step.lanes().get(), part, loop);
        } else {
            writeSingly(step, part, loop);
        }
        part.text().append(loop).close();
        out.line(part.call() + ";");
    }

    private static List<Axis> axes(TileStmt stmt) {
        return switch (stmt) {
            case TileStmt.Store s -> s.axes();
            case TileStmt.Define d -> d.value() instanceof TileExpr.Reduce r ? List.of(r.over()) : List.of();
            default -> List.of();
        };
    }

    /** The value that the last statement computes. */
    private static String name(Step.Columns step) {
        return switch (step.body().getLast()) {
            case TileStmt.Store s -> s.buffer().name().replaceFirst("Tile$", "");
            default -> step.lane().name();
        };
    }

    private void writeLanes(Step.Columns step, Lanes lanes, KernelScope.Part part, JavaText out) {
        Axis lane = step.lane();
        LaneLoop loop = new LaneLoop(lanes, lane, part.locals(), scope.support(), part.text());
        int width = scope.kernel().block(lane);
        boolean padded = width % lanes.count() == 0 && !leavesScratch(step);
        String from = ranges.from(lane);
        String to = padded ? from.equals("0") ? String.valueOf(width) : from + " + " + width : ranges.to(lane);
        int vectors =
                scope.kernel().schedule().bound(lane, Choice.Level.REGISTER).orElse(1);
        int copies = padded ? Math.min(vectors, width / lanes.count()) : 1;
        Dim length = padded ? Dim.of(width) : lane.extent();
        loop.write(out, from, to, length, copies, codes -> new ColumnCode(loop, codes).write(step.body()));
    }

    /** Whether memory outside the tiles is touched at an index along the lanes, where padding lanes have none. */
    private boolean leavesScratch(Step.Columns step) {
        boolean[] found = {false};
        for (TileStmt stmt : step.body()) {
            if (stmt instanceof TileStmt.Store s) {
                found[0] |= !scope.isScratch(s.buffer());
                ScalarExprs.visit(
                        s.value(),
                        e -> found[0] |= e instanceof ScalarExpr.Element x
                                && !scope.isScratch(x.buffer())
                                && ScalarExprs.reads(x.address(), step.lane()));
            }
        }
        return found[0];
    }

    private void writeSingly(Step.Columns step, KernelScope.Part part, JavaText out) {
        Axis lane = step.lane();
        ScalarLoop loop = new ScalarLoop(lane, part.locals(), scope.support(), part.text());
        ScalarCode code = loop.open(out, ranges.from(lane), ranges.to(lane));
        new ScalarColumnCode(part.locals(), scope.support(), out, code).write(step.body());
        out.close();
    }
}
