package heddle.compiler.scheduled;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.type.DType;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One step of a {@link ScheduledKernel}. Programs in it read indexes of axes, variables, and elements of buffers; tiles in
 * memory are buffers too ({@link PlacedTile}).
 */
public sealed interface Action {
    /** The actions within this one. */
    default List<Action> body() {
        return List.of();
    }

    /** The programs that it computes itself, addresses before values. */
    default List<ScalarExpr> programs() {
        return switch (this) {
            case Let l -> List.of(l.value());
            case Assign a -> List.of(a.value());
            case Fold f -> List.of(f.value());
            case At a -> List.of(a.index());
            case When w -> List.of(w.condition());
            case Store s -> List.of(s.address(), s.value());
            case Add a -> List.of(a.address(), a.value());
            default -> List.of();
        };
    }

    /** This action and those within it, in order. */
    default Stream<Action> all() {
        return Stream.concat(Stream.of(this), body().stream().flatMap(Action::all));
    }

    /** Whether a test holds for this action or for one within it. */
    default boolean any(Predicate<Action> test) {
        return all().anyMatch(test);
    }

    /** An axis, and those whose indexes some actions compute from its index. */
    static Set<Axis> derived(Axis axis, List<Action> actions) {
        Set<Axis> derived = new HashSet<>(Set.of(axis));
        actions.stream().flatMap(Action::all).forEach(action -> {
            if (action instanceof At at && ScalarExprs.readsAny(at.index(), derived)) {
                derived.add(at.axis());
            }
        });
        return derived;
    }

    /** The body at each index of a part of an axis. */
    record For(Axis axis, Span span, Level level, List<Action> body) implements Action {
        public For {
            body = List.copyOf(body);
        }
    }

    /** A value with a name. In a loop over lanes it is one for each lane. */
    record Let(Variable variable, ScalarExpr value) implements Action {}

    /**
     * A reduction of nothing yet, which {@link Fold}s add to.
     *
     * @param across what holds partial results: a number, or lanes of the loop that folds
     */
    record Begin(Variable result, Reduction kind, Level across) implements Action {}

    /**
     * Adds a value to a reduction.
     *
     * @param ignoresNaN whether an extreme may pass NaN over
     */
    record Fold(Variable result, Reduction kind, ScalarExpr value, boolean ignoresNaN) implements Action {
        /** The result after one more value, in double precision. */
        double of(double sofar, double next) {
            return ignoresNaN && Double.isNaN(next)
                    ? sofar
                    : ScalarMath.apply(ScalarMath.combine(kind), result.type(), sofar, next, 0);
        }
    }

    /** Makes one number of the partial results of a reduction, by a tree whose order the schedule alone decides. */
    record Exchange(Variable result, Reduction kind, Level across) implements Action {}

    /** Says what the index along an axis is in the actions that follow. */
    record At(Axis axis, ScalarExpr index) implements Action {}

    /** A new value for a variable. */
    record Assign(Variable variable, ScalarExpr value) implements Action {}

    /** Actions for where a condition holds. */
    record When(ScalarExpr condition, List<Action> body) implements Action {
        public When {
            body = List.copyOf(body);
        }
    }

    /** Where the threads of a group wait for each other. What one has written to local memory before, others read after. */
    record Barrier() implements Action {}

    /** Writes an element. */
    record Store(Buffer to, ScalarExpr address, ScalarExpr value) implements Action {}

    /** Adds to an element, or combines it otherwise; it was the neutral element before the kernel. */
    record Add(Buffer to, ScalarExpr address, ScalarExpr value, Reduction kind) implements Action {
        /** Adds one more value, in double precision. */
        void into(double[] data, int at, double next) {
            data[at] = ScalarMath.apply(ScalarMath.combine(kind), value.type(), data[at], next, 0);
        }

        /** The same as a store of a sum. */
        public Store stored() {
            ScalarExpr before = new ScalarExpr.Element(to, address);
            return new Store(to, address, ScalarExpr.apply(ScalarMath.combine(kind), before, value));
        }
    }

    /** Sets all elements of a tile to a number; those of a tile of integers to zero. */
    record Fill(PlacedTile tile, double value) implements Action {}

    /**
     * Actions that are compiled apart, so that a compiler with a limit for each method sees hot loops alone.
     *
     * @param result the number it hands back, if any
     */
    record Method(String name, Optional<Variable> result, List<Action> body) implements Action {
        public Method {
            body = List.copyOf(body);
        }
    }

    /**
     * A product of tiles: {@code sums[row, lane] += sum over axis of left[row, over] * right[over, lane]}.
     *
     * @param zeros   whose zeros add nothing
     * @param isFresh whether the sums start at zero, whatever the tile holds
     * @param form    how it is computed
     * @param before  holds what the sums were, where they may have to be added again with care
     */
    record Product(
            PlacedTile sums,
            Operand left,
            Operand right,
            Axis over,
            Annihilating zeros,
            boolean isFresh,
            ProductForm form,
            Optional<PlacedTile> before)
            implements Action {}

    /**
     * A copy with rows turned into columns: {@code to[read, stored] = from[stored, read]}, where neighbours of {@code from} lie along
     * {@code read} and those of {@code to} along {@code stored}.
     *
     * @param element what both hold, {@code f32} or {@code f64}
     */
    record Turn(Operand from, Operand to, Axis read, Axis stored, DType element) implements Action {}

    /**
     * The body for one block of an axis after another, those left out that the mask empties.
     *
     * @param size indexes in a block, two or more
     */
    record Blocks(Axis axis, Span span, int size, Optional<LoopMask> mask, List<Action> body) implements Action {
        public Blocks {
            body = List.copyOf(body);
        }
    }

    /**
     * What only blocks need where the mask is true in part.
     *
     * @param step indexes that are taken together: the body runs for each such part of the block in which the mask is not true
     *             everywhere; empty where it runs for the whole block
     */
    record Partial(Axis axis, OptionalInt step, List<Action> body) implements Action {
        public Partial {
            body = List.copyOf(body);
        }
    }

    /**
     * Actions that run once, or twice: at first zeros in products that are added to {@code sums} are numbers like others. Zero times a
     * value that is no finite number is NaN, which the sums keep. Where they are finite at the end, none was met; else everything is
     * done again with zeros that annihilate.
     */
    record Checked(PlacedTile sums, List<Action> body) implements Action {
        public Checked {
            body = List.copyOf(body);
        }
    }

    /**
     * Actions that run once, or twice: at first loops leave out blocks, or the ends of blocks, that hold nothing but filled scores. Where they
     * did, and the greatest score of a row does not exceed a bound at the end, everything is done again with all blocks.
     *
     * @param greatest a score of each row along the lanes
     */
    record Sparse(PlacedTile greatest, double above, List<Action> body) implements Action {
        public Sparse {
            body = List.copyOf(body);
        }
    }

    /** A factor of a product. */
    sealed interface Operand {
        /** In a worker's memory. */
        record Placed(PlacedTile tile) implements Operand {}

        /** In a buffer, read where it lies. */
        record InPlace(BlockStrides block) implements Operand {}

        /** Whole numbers in a buffer, read where they lie and multiplied with scales. */
        record Scaled(ScaledBlock block) implements Operand {}
    }
}
