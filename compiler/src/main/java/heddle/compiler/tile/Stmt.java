package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import java.util.List;
import java.util.Optional;

/** A step of a kernel. There are no barriers; code writers derive them from memory spaces. */
public sealed interface Stmt {
    /** A new tile. */
    record Define(Tile tile, TileExpr value) implements Stmt {}

    /** A new value for a tile that was defined outside the loop; {@code value} may read the old one. */
    record Update(Tile tile, TileExpr value) implements Stmt {}

    /** {@code tile += a·b}, the accumulating form of {@link TileExpr.Dot}. */
    record Accumulate(Tile tile, TileExpr.Dot value) implements Stmt {}

    /**
     * A sequential loop over the blocks of an axis.
     *
     * @param mask blocks where it is nowhere true are skipped, and where it is everywhere true the {@link Masked}
     *             statements in the body are left out
     */
    record Loop(Axis axis, Optional<LoopMask> mask, List<Stmt> body) implements Stmt {
        public Loop {
            body = List.copyOf(body);
        }
    }

    /** Statements that only blocks need where the loop's mask is true in part. */
    record Masked(List<Stmt> body) implements Stmt {
        public Masked {
            body = List.copyOf(body);
        }
    }

    /** {@code buffer[address] = value} at every index of {@code axes}. */
    record Store(Buffer buffer, List<Axis> axes, ScalarExpr address, ScalarExpr value) implements Stmt {
        public Store {
            axes = List.copyOf(axes);
        }
    }
}
