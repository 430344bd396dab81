package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A step of a {@link TileProgram}. There are no barriers and no threads; a schedule brings those. */
public sealed interface TileStmt {
    /** The statements within this one, but those of a merge. */
    default List<TileStmt> body() {
        return List.of();
    }

    /** The scalar programs of this statement itself, addresses before values. */
    default List<ScalarExpr> programs() {
        return switch (this) {
            case Define d -> d.value().programs();
            case Update u -> u.value().programs();
            case Loop l ->
                Stream.concat(Stream.of(l.bounds().from(), l.bounds().to()), l.mask().map(LoopMask::program).stream())
                        .toList();
            case Store s -> List.of(s.address(), s.value());
            case AddTo a -> List.of(a.address(), a.value());
            case Accumulate a -> List.of();
            case Masked m -> List.of();
        };
    }

    /** The product that it computes, if it does. */
    default Optional<TileExpr.Dot> product() {
        return this instanceof Accumulate a
                ? Optional.of(a.value())
                : this instanceof Define d && d.value() instanceof TileExpr.Dot dot
                        ? Optional.of(dot)
                        : Optional.empty();
    }

    /** These statements and those within them, in order. */
    static List<TileStmt> all(List<TileStmt> body) {
        return body.stream()
                .flatMap(s -> Stream.concat(Stream.of(s), all(s.body()).stream()))
                .toList();
    }

    /**
     * A loop over blocks of an axis. The block size is not part of the program: any size gives the same results, up to the order
     * of sums.
     *
     * @param mask where it is nowhere true in a block, the block is skipped, one with a fill only if that leaves no trace; where it is
     *             everywhere true, the {@link Masked} statements of this loop may be left out
     */
    record Loop(LoopId id, Axis axis, LoopBounds bounds, LoopMode mode, Optional<LoopMask> mask, List<TileStmt> body)
            implements TileStmt {
        public Loop {
            body = List.copyOf(body);
        }

        /** A loop over all indexes of an axis. */
        public static Loop over(Axis axis, LoopMode mode, Optional<LoopMask> mask, List<TileStmt> body) {
            return new Loop(LoopId.of(axis), axis, LoopBounds.of(axis), mode, mask, body);
        }
    }

    /** A new tile. It can be read until the end of the enclosing block. */
    record Define(Tile tile, TileExpr value) implements TileStmt {}

    /** A new value for a tile that was defined before; {@code value} may read the old one. */
    record Update(Tile tile, TileExpr.Map value) implements TileStmt {}

    /** {@code tile += a·b}, the accumulating form of {@link TileExpr.Dot}. */
    record Accumulate(Tile tile, TileExpr.Dot value) implements TileStmt {}

    /**
     * {@code buffer[address] = value} at every index of {@code axes}. Each element is stored at most once. Where neither address
     * nor axes name an enclosing parallel loop, its first block stores.
     */
    record Store(Buffer buffer, List<Axis> axes, ScalarExpr address, ScalarExpr value) implements TileStmt {
        public Store {
            axes = List.copyOf(axes);
        }
    }

    /**
     * {@code buffer[address] += value} at every index of {@code axes}, from zeros; or another way to combine values, from its
     * neutral element. The order is that of the indexes in a block, then of the blocks, outermost loop first.
     */
    record AddTo(Buffer buffer, List<Axis> axes, ScalarExpr address, ScalarExpr value, Reduction kind)
            implements TileStmt {
        public AddTo {
            axes = List.copyOf(axes);
        }

        /** A sum. */
        public AddTo(Buffer buffer, List<Axis> axes, ScalarExpr address, ScalarExpr value) {
            this(buffer, axes, address, value, Reduction.SUM);
        }
    }

    /** Statements that only blocks need where the mask of {@code loop} is true in part. */
    record Masked(LoopId loop, List<TileStmt> body) implements TileStmt {
        public Masked {
            body = List.copyOf(body);
        }
    }
}
