package heddle.compiler.tile;

import heddle.compiler.scalar.ScalarExpr;
import java.util.List;

/** What the blocks of a loop have to do with each other. */
public sealed interface LoopMode {
    /** Blocks are independent, and run in any order or at once. Parallel loops stand around everything else. */
    record Parallel() implements LoopMode {}

    /** Blocks run in order. What is defined outside the loop and changed in it is carried from one to the next. */
    record Sequential() implements LoopMode {}

    /**
     * As {@link Sequential}, and the blocks may be split into parts that run apart. Each part starts from neutral values;
     * {@code merge} adds the result of one part to the state, part by part in order.
     *
     * @param carried every tile that the loop carries
     * @param merge   reads the state by its tiles, and the result of a part by {@link Carried#part}
     */
    record Partial(List<Carried> carried, List<TileStmt> merge) implements LoopMode {
        public Partial {
            carried = List.copyOf(carried);
            merge = List.copyOf(merge);
        }
    }

    /**
     * A tile that a partial loop carries.
     *
     * @param neutral what it holds at the start of a part: a literal
     * @param part    the name that {@code merge} reads a part's result by; of the same type and axes
     */
    record Carried(Tile tile, ScalarExpr neutral, Tile part) {}

    LoopMode PARALLEL = new Parallel();
    LoopMode SEQUENTIAL = new Sequential();
}
