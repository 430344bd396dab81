package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Walks over the statements of a tile program and over the scalar programs in them. */
final class ProgramParts {
    private ProgramParts() {}

    /** Every statement, also those in loops, in their order; those of merges last. */
    static void statements(List<TileStmt> body, Consumer<TileStmt> visitor) {
        for (TileStmt stmt : body) {
            visitor.accept(stmt);
            statements(stmt.body(), visitor);
            if (stmt instanceof TileStmt.Loop l && l.mode() instanceof LoopMode.Partial p) {
                statements(p.merge(), visitor);
            }
        }
    }

    /** The first loop over an axis, outer ones first. */
    static Optional<TileStmt.Loop> loopOver(List<TileStmt> body, Axis axis) {
        for (TileStmt stmt : body) {
            if (stmt instanceof TileStmt.Loop loop) {
                Optional<TileStmt.Loop> found =
                        loop.axis().equals(axis) ? Optional.of(loop) : loopOver(loop.body(), axis);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** Every axis that a statement goes over. */
    static void axes(List<TileStmt> body, Consumer<Axis> visitor) {
        statements(body, stmt -> {
            switch (stmt) {
                case TileStmt.Define d -> {
                    d.tile().axes().forEach(visitor);
                    over(d.value()).ifPresent(visitor);
                }
                case TileStmt.Update u -> u.tile().axes().forEach(visitor);
                case TileStmt.Accumulate a -> visitor.accept(a.value().over());
                case TileStmt.Store s -> s.axes().forEach(visitor);
                case TileStmt.AddTo a -> a.axes().forEach(visitor);
                case TileStmt.Loop l -> visitor.accept(l.axis());
                case TileStmt.Masked m -> {}
            }
        });
    }

    /** The axis that a value is reduced or summed over. */
    static Optional<Axis> over(TileExpr value) {
        return switch (value) {
            case TileExpr.Map m -> Optional.empty();
            case TileExpr.Reduce r -> Optional.of(r.over());
            case TileExpr.Dot d -> Optional.of(d.over());
        };
    }

    /** Every tile that is defined, and the results of parts. */
    static void tiles(List<TileStmt> body, Consumer<Tile> visitor) {
        statements(body, stmt -> {
            if (stmt instanceof TileStmt.Define d) {
                visitor.accept(d.tile());
            }
            if (stmt instanceof TileStmt.Loop l && l.mode() instanceof LoopMode.Partial p) {
                p.carried().forEach(c -> visitor.accept(c.part()));
            }
        });
    }

    /** The names of the tiles that statements change after they are defined. */
    static Set<String> changed(List<TileStmt> body) {
        Set<String> changed = new HashSet<>();
        statements(body, stmt -> {
            switch (stmt) {
                case TileStmt.Update u -> changed.add(u.tile().name());
                case TileStmt.Accumulate a -> changed.add(a.tile().name());
                default -> {}
            }
        });
        return changed;
    }

    /** Every scalar program, address, bound and mask, in order of its statements. */
    static void programs(List<TileStmt> body, Consumer<ScalarExpr> visitor) {
        statements(body, stmt -> stmt.programs().forEach(visitor));
    }
}
