package heddle.compiler.backend.jvm;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.TileStmt;
import java.util.List;
import java.util.Optional;

/** The JVM form of a statement of a tile program. */
sealed interface Step {
    /**
     * Statements computed column by column along {@code lane}.
     *
     * @param body  maps, reductions and stores that read and write scratch memory as buffers
     * @param lanes the vectors they are computed in; one index at a time when there are none
     */
    record Columns(Axis lane, List<TileStmt> body, Optional<Lanes> lanes) implements Step {
        public Columns {
            body = List.copyOf(body);
        }
    }

    /** A tile set to zero. */
    record Clear(LocalTile tile) implements Step {}

    /**
     * {@code sums[row, lane] += sum over axis of spread[row, over] * vectors[over, lane]}.
     *
     * @param zeros whose zeros add nothing, {@code spread} being the left factor
     */
    record Product(LocalTile sums, Operand spread, Operand vectors, Axis over, Annihilating zeros) implements Step {}

    /** The body for each block of an axis, those left out that the mask empties. */
    record Blocks(Axis axis, Optional<LoopMask> mask, List<Step> body) implements Step {
        public Blocks {
            body = List.copyOf(body);
        }
    }

    /** Steps that only blocks need where the mask is true in part. */
    record Partial(List<Step> body) implements Step {
        public Partial {
            body = List.copyOf(body);
        }
    }

    /** The operands of a matmul. */
    sealed interface Operand {
        /** Scratch memory. */
        record Scratch(LocalTile tile) implements Operand {}

        /** A buffer, read where it lies. */
        record InPlace(BlockStrides block) implements Operand {}

        /** Whole numbers in a buffer, read where they lie and multiplied with scales. */
        record Scaled(ScaledBlock block) implements Operand {}
    }
}
