package heddle.compiler.backend.tornado;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Decides which local arrays a kernel with matmuls has: one for each operand, and one in which threads of a row
 * exchange partial results. Operands of a loop that are not needed at the same time share an array. Operands that are
 * too large are loaded in slices, along the axis that the matmul sums over.
 */
final class LocalMemory {
    /** In bytes. Less is not worth the barriers. */
    private static final long LEAST_SLICE = 512;

    private final Geometry geometry;

    /** The number of elements along a summed axis that are in local memory at once. */
    private final Map<Axis, Integer> depths = new HashMap<>();

    /** By the tile's name. */
    private final Map<String, LocalArray> operands = new HashMap<>();

    /** The arrays to allocate: elements by name and type. */
    private final SequencedMap<String, Allocation> allocations = new LinkedHashMap<>();

    record Allocation(Storage storage, int elements) {
        Allocation atLeast(int more) {
            return new Allocation(storage, Math.max(elements, more));
        }
    }

    private LocalMemory(TileKernel kernel, Geometry geometry, long slice) {
        this.geometry = geometry;
        products(kernel).forEach(dot -> chooseDepth(dot, slice));
        plan(kernel.body());
        for (Stmt s : Geometry.statements(kernel.body())) {
            if (s instanceof Stmt.Define d && d.value() instanceof TileExpr.Reduce && geometry.threadColumns() > 1) {
                Storage storage = Storage.of(d.tile().type());
                int elements = geometry.width(geometry.row()) * geometry.threadColumns();
                allocations.put(exchange(storage), new Allocation(storage, elements));
            }
        }
    }

    /** With whole operands, or with the largest slices that leave room for the rest; too large when none do. */
    static LocalMemory of(TileKernel kernel, Geometry geometry, long limit) {
        LocalMemory memory = new LocalMemory(kernel, geometry, Long.MAX_VALUE);
        for (long slice = limit / 2; memory.bytes() > limit && slice >= LEAST_SLICE; slice /= 2) {
            memory = new LocalMemory(kernel, geometry, slice);
        }
        return memory;
    }

    private static List<TileExpr.Dot> products(TileKernel kernel) {
        List<TileExpr.Dot> products = new ArrayList<>();
        for (Stmt s : Geometry.statements(kernel.body())) {
            if (s instanceof Stmt.Accumulate a) {
                products.add(a.value());
            } else if (s instanceof Stmt.Define d && d.value() instanceof TileExpr.Dot dot) {
                products.add(dot);
            }
        }
        return products;
    }

    /** Equal parts, so that few steps of the last one are past the end. */
    private void chooseDepth(TileExpr.Dot dot, long slice) {
        int width = geometry.width(dot.over());
        long most = width;
        for (Tile t : List.of(dot.a(), dot.b())) {
            if (!geometry.inRegisters().contains(t.name())) {
                long each = (long) geometry.threadedWidth(own(t, dot.over()))
                        * Storage.of(t.type()).bytes();
                most = Math.min(most, Math.max(1, Long.highestOneBit(slice / each)));
            }
        }
        long parts = Math.ceilDiv(width, most);
        depths.put(dot.over(), (int) Math.ceilDiv(width, parts));
    }

    private static Axis own(Tile operand, Axis over) {
        List<Axis> axes = operand.axes();
        return axes.getFirst().equals(over) ? axes.getLast() : axes.getFirst();
    }

    private void plan(List<Stmt> body) {
        Set<String> registers = geometry.inRegisters();
        List<String> free = new ArrayList<>();
        for (Stmt s : body) {
            switch (s) {
                case Stmt.Loop l -> plan(l.body());
                case Stmt.Accumulate a -> product(a.value(), registers, free);
                case Stmt.Define d -> {
                    if (d.value() instanceof TileExpr.Dot dot) {
                        product(dot, registers, free);
                    } else if (d.value() instanceof TileExpr.Map m
                            && !registers.contains(d.tile().name())) {
                        staged(d.tile(), m.program(), free);
                    }
                }
                default -> {}
            }
        }
    }

    private void staged(Tile tile, ScalarExpr program, List<String> free) {
        Axis own = tile.axes().getFirst();
        Axis over = tile.axes().getLast();
        operands.put(tile.name(), array(tile, own, over, depths.get(over), runsAlong(program, over), free));
    }

    /** An operand that lies in registers is written to local memory for the product. */
    private void product(TileExpr.Dot dot, Set<String> registers, List<String> free) {
        for (Tile t : List.of(dot.a(), dot.b())) {
            if (registers.contains(t.name())) {
                Axis over = dot.over();
                operands.put(t.name(), array(t, own(t, over), over, geometry.width(over), true, List.of()));
            } else if (isSliced(dot.over()) || !isLoadedBefore(t)) {
                free.add(operands.get(t.name()).name());
            }
        }
    }

    /** Whether a tile is loaded outside the loop that uses it, so that it must stay. */
    private boolean isLoadedBefore(Tile tile) {
        return geometry.kernel().body().stream()
                .anyMatch(s -> s instanceof Stmt.Define d && d.tile().equals(tile));
    }

    private LocalArray array(Tile tile, Axis own, Axis over, int depth, boolean across, List<String> free) {
        Storage storage = Storage.of(tile.type());
        int ownWidth = geometry.threadedWidth(own);
        int pitch = across ? ownWidth + 1 : ownWidth;
        int elements = Math.multiplyExact(depth, pitch);
        String name = free.stream()
                .filter(f -> allocations.get(f).storage() == storage)
                .findFirst()
                .orElse(tile.name() + "Tile");
        allocations.merge(name, new Allocation(storage, elements), (a, b) -> a.atLeast(b.elements()));
        return new LocalArray(name, storage, over, own, depth, ownWidth, pitch);
    }

    /** Whether operands of products over {@code axis} are brought here a slice after the other. */
    boolean isSliced(Axis axis) {
        return depths.get(axis) < geometry.width(axis);
    }

    /** Elements of a slice along an axis that is summed over, all that a block has where it is not sliced. */
    int depth(Axis axis) {
        return depths.get(axis);
    }

    /** Whether no operand comes in slices. */
    boolean isWhole() {
        return depths.keySet().stream().noneMatch(this::isSliced);
    }

    /** Whether neighbours along {@code axis} are neighbours in memory. */
    static boolean runsAlong(ScalarExpr program, Axis axis) {
        boolean[] found = {false};
        ScalarExprs.visit(program, e -> {
            if (e instanceof ScalarExpr.Element x) {
                LinearForm form = IndexSimplifier.form(x.address());
                found[0] |= form.coefficient(axis).is(1);
            }
        });
        return found[0];
    }

    LocalArray operand(Tile tile) {
        return operands.get(tile.name());
    }

    /** The array in which threads of a row exchange values. */
    static String exchange(Storage storage) {
        return storage == Storage.FLOAT ? "exchange" : storage.variable() + "Exchange";
    }

    SequencedMap<String, Allocation> allocations() {
        return allocations;
    }

    long bytes() {
        return allocations.values().stream()
                .mapToLong(a -> (long) a.elements() * a.storage().bytes())
                .sum();
    }
}
