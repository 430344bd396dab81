package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** The axes that a kernel goes over. */
public final class KernelAxes {
    private final SequencedSet<Axis> axes;

    private KernelAxes(TileKernel kernel) {
        axes = new LinkedHashSet<>(kernel.parallel());
        add(kernel.body());
    }

    /** Each axis once, parallel ones first. */
    public static SequencedSet<Axis> of(TileKernel kernel) {
        return new KernelAxes(kernel).axes;
    }

    private void add(List<Stmt> body) {
        body.forEach(this::add);
    }

    private void add(Stmt stmt) {
        switch (stmt) {
            case Stmt.Define d -> add(d.tile(), d.value());
            case Stmt.Update u -> add(u.tile(), u.value());
            case Stmt.Accumulate a -> add(a.tile(), a.value());
            case Stmt.Loop l -> {
                axes.add(l.axis());
                add(l.body());
            }
            case Stmt.Masked m -> add(m.body());
            case Stmt.Store s -> axes.addAll(s.axes());
        }
    }

    private void add(Tile tile, TileExpr value) {
        axes.addAll(tile.axes());
        switch (value) {
            case TileExpr.Map m -> {}
            case TileExpr.Reduce r -> axes.add(r.over());
            case TileExpr.Dot d -> axes.add(d.over());
        }
    }
}
