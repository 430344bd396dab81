package heddle.compiler.backend.tornado;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The local arrays that a kernel with matmuls has: one for each operand, and one in which threads of a row
 * exchange partial results. Operands of a loop that are not needed at the same time share an array. Operands may
 * come in slices, along the axis that the matmul sums over.
 */
final class LocalMemory {
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

    LocalMemory(TileKernel kernel, Geometry geometry) {
        this.geometry = geometry;
        products(kernel)
                .forEach(dot -> depths.put(
                        dot.over(), kernel.schedule().stage(dot.over()).orElse(geometry.width(dot.over()))));
        plan(kernel.body());
        for (TileStmt s : Geometry.statements(kernel.body())) {
            if (s instanceof TileStmt.Define d
                    && d.value() instanceof TileExpr.Reduce
                    && geometry.threadColumns() > 1) {
                Storage storage = Storage.of(d.tile().type());
                int elements = geometry.width(geometry.row()) * geometry.threadColumns();
                allocations.put(exchange(storage), new Allocation(storage, elements));
            }
        }
    }

    private static List<TileExpr.Dot> products(TileKernel kernel) {
        List<TileExpr.Dot> products = new ArrayList<>();
        for (TileStmt s : Geometry.statements(kernel.body())) {
            if (s instanceof TileStmt.Accumulate a) {
                products.add(a.value());
            } else if (s instanceof TileStmt.Define d && d.value() instanceof TileExpr.Dot dot) {
                products.add(dot);
            }
        }
        return products;
    }

    /** The axis of a factor that is not summed over. */
    static Axis own(Tile operand, Axis over) {
        List<Axis> axes = operand.axes();
        return axes.getFirst().equals(over) ? axes.getLast() : axes.getFirst();
    }

    private void plan(List<TileStmt> body) {
        Set<String> registers = geometry.inRegisters();
        List<String> free = new ArrayList<>();
        for (TileStmt s : body) {
            switch (s) {
                case TileStmt.Loop l -> plan(l.body());
                case TileStmt.Accumulate a -> product(a.value(), registers, free);
                case TileStmt.Define d -> {
                    if (d.value() instanceof TileExpr.Dot dot) {
                        product(dot, registers, free);
                    } else if (d.value() instanceof TileExpr.Map
                            && !registers.contains(d.tile().name())) {
                        staged(d.tile(), free);
                    }
                }
                default -> {}
            }
        }
    }

    private void staged(Tile tile, List<String> free) {
        Axis own = tile.axes().getFirst();
        Axis over = tile.axes().getLast();
        operands.put(tile.name(), array(tile, own, over, depths.get(over), free));
    }

    /** An operand that lies in registers is written to local memory for the product. */
    private void product(TileExpr.Dot dot, Set<String> registers, List<String> free) {
        for (Tile t : List.of(dot.a(), dot.b())) {
            if (registers.contains(t.name())) {
                Axis over = dot.over();
                operands.put(t.name(), array(t, own(t, over), over, geometry.width(over), List.of()));
            } else if (isSliced(dot.over()) || !isLoadedBefore(t)) {
                free.add(operands.get(t.name()).name());
            }
        }
    }

    /** Whether a tile is loaded outside the loop that uses it, so that it must stay. */
    private boolean isLoadedBefore(Tile tile) {
        return geometry.kernel().body().stream()
                .anyMatch(s -> s instanceof TileStmt.Define d && d.tile().equals(tile));
    }

    private LocalArray array(Tile tile, Axis own, Axis over, int depth, List<String> free) {
        Storage storage = Storage.of(tile.type());
        int ownWidth = geometry.threadedWidth(own);
        int pitch = ownWidth + geometry.kernel().schedule().pitch(tile);
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
