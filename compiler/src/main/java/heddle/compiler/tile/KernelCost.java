package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.Amount;
import heddle.compiler.type.Dim;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * What a kernel costs.
 *
 * @param flops floating-point operations; every function counts as one, a multiplication with its addition as two
 * @param bytes the sizes of the buffers it reads and writes, each once
 */
public record KernelCost(Amount flops, Amount bytes) {
    /** The cost as written, nothing skipped by masks. */
    public static KernelCost of(TileKernel kernel) {
        return new KernelCost(new Flops(kernel, Optional.empty(), ScalarExprs::operations).count(), bytes(kernel));
    }

    /**
     * What a kernel computes, nothing skipped by masks, in another unit.
     *
     * @param effort of one element of a program
     */
    public static Amount work(TileKernel kernel, ToIntFunction<ScalarExpr> effort) {
        return new Flops(kernel, Optional.empty(), effort).count();
    }

    /**
     * The cost at some lengths, as numbers: without the blocks that a mask empties, as far as the indexes tell, and with
     * mask code in partial blocks alone. A block at an edge counts as a whole one.
     */
    public static KernelCost of(TileKernel kernel, Map<String, Long> lengths) {
        Amount flops = new Flops(kernel, Optional.of(lengths), ScalarExprs::operations).count();
        return new KernelCost(
                Amount.of(flops.at(lengths)), Amount.of(bytes(kernel).at(lengths)));
    }

    private static Amount bytes(TileKernel kernel) {
        Stream<Amount> reads = kernel.reads().stream()
                .map(b -> Amount.of(b.stored().bytes(b.type().shape().size())));
        return Stream.concat(reads, kernel.writes().stream().map(b -> written(kernel, b)))
                .reduce(Amount.ZERO, Amount::plus);
    }

    /** All of a buffer, unless a kernel that stores an element for each of its indexes has fewer. */
    private static Amount written(TileKernel kernel, Buffer b) {
        boolean isMap = kernel.body().stream().allMatch(TileStmt.Store.class::isInstance);
        Dim elements = isMap
                ? kernel.parallel().stream().map(Axis::extent).reduce(Dim.ONE, Dim::times)
                : b.type().shape().size();
        return Amount.of(b.stored().bytes(elements));
    }

    /**
     * Counts operations.
     *
     * @param lengths the bound symbols, when blocks that are skipped do not count
     * @param effort  of one element of a program
     */
    private record Flops(TileKernel kernel, Optional<Map<String, Long>> lengths, ToIntFunction<ScalarExpr> effort) {
        Amount count() {
            return count(kernel.body(), Set.of());
        }

        private Amount count(List<TileStmt> body, Set<Axis> open) {
            return body.stream().map(s -> count(s, open)).reduce(Amount.ZERO, Amount::plus);
        }

        /** @param open the axes of the loops that the statement stands in */
        private Amount count(TileStmt stmt, Set<Axis> open) {
            return switch (stmt) {
                case TileStmt.Define d -> count(d.value(), d.tile().axes(), open);
                case TileStmt.Update u -> count(u.value(), u.tile().axes(), open);
                case TileStmt.Accumulate a -> count(a.value(), a.tile().axes(), open);
                case TileStmt.Loop l -> blocks(l, within(open, List.of(l.axis())));
                case TileStmt.Masked m -> count(m.body(), open);
                case TileStmt.Store s -> times(s.axes(), open, effort.applyAsInt(s.value()));
                case TileStmt.AddTo a -> times(a.axes(), open, effort.applyAsInt(a.value()) + 1);
            };
        }

        private Amount blocks(TileStmt.Loop loop, Set<Axis> open) {
            if (lengths.isEmpty()) {
                return count(loop.body(), open);
            }
            BlockCount blocks = BlockCount.of(kernel, loop, lengths.get());
            Amount all = Amount.ZERO;
            for (TileStmt stmt : loop.body()) {
                long done = stmt instanceof TileStmt.Masked ? blocks.partial() + blocks.open() : blocks.visited();
                double share = blocks.total() == 0 ? 0 : (double) done / blocks.total();
                double counted = count(stmt, open).at(lengths.get()).doubleValue() * share;
                all = all.plus(Amount.of(rounded(counted)));
            }
            return all;
        }

        private static BigInteger rounded(double amount) {
            return new BigDecimal(amount).setScale(0, RoundingMode.HALF_UP).toBigInteger();
        }

        /** Whether the bounds of the loop over {@code looped} follow from an index along {@code axis}. */
        private boolean isSharedOut(Axis looped, Axis axis) {
            return kernel.body().stream()
                    .anyMatch(s -> s instanceof TileStmt.Loop l
                            && l.axis().equals(looped)
                            && ScalarExprs.reads(l.bounds().from(), axis));
        }

        private Amount count(TileExpr e, List<Axis> axes, Set<Axis> open) {
            return switch (e) {
                case TileExpr.Map m -> times(axes, open, effort.applyAsInt(m.program()));
                case TileExpr.Reduce r -> times(and(axes, r.over()), open, effort.applyAsInt(r.program()) + 1);
                case TileExpr.Dot d -> times(and(axes, d.over()), open, 2);
            };
        }

        private static List<Axis> and(List<Axis> axes, Axis more) {
            return Stream.concat(axes.stream(), Stream.of(more)).toList();
        }

        private static Set<Axis> within(Set<Axis> loops, List<Axis> more) {
            Set<Axis> all = new LinkedHashSet<>(loops);
            all.addAll(more);
            return all;
        }

        /**
         * Work that does not run along the axis of a loop around it is repeated for each of its blocks, unless its blocks share out
         * the indexes of another loop.
         */
        private Amount times(List<Axis> axes, Set<Axis> open, int each) {
            Set<Axis> all = within(within(open, axes), kernel.parallel());
            Amount amount = Amount.of(each);
            for (Axis a : all) {
                if (axes.contains(a)) {
                    amount = amount.times(a.extent());
                } else if (all.stream().noneMatch(l -> isSharedOut(l, a))) {
                    amount = amount.times(a.extent().ceilDiv(Dim.of(kernel.block(a))));
                }
            }
            return amount;
        }
    }
}
