package heddle.compiler.scheduled.group;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scheduled.IndexMath;
import heddle.compiler.scheduled.LocalArray;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * What a group holds in local memory: factors of products, and what threads exchange. A factor that is read in no other way may come in
 * slices, along the axis that a product sums over. Tiles that are never needed at the same time share an array.
 */
public final class GroupMemory {
    /**
     * A tile, or a slice of it, in an array.
     *
     * @param axes  those that it has, the one whose neighbours lie side by side last
     * @param sizes elements along each, with those that threads read past the end of a block
     * @param pitch elements from one line to the next; odd where it is written across lines, so that the banks of the memory do not
     *              collide
     */
    record Held(Buffer buffer, List<Axis> axes, List<Integer> sizes, int pitch) {
        int size(Axis axis) {
            return sizes.get(axes.indexOf(axis));
        }

        /** Where an element lies. @param at its index within the tile */
        ScalarExpr address(Function<Axis, ScalarExpr> at) {
            ScalarExpr address = IndexMath.ZERO;
            long step = pitch;
            for (int n = axes.size() - 2; n >= 0; n--) {
                address = IndexMath.plus(IndexMath.times(at.apply(axes.get(n)), step), address);
                step *= sizes.get(n);
            }
            return axes.isEmpty() ? address : IndexMath.plus(address, at.apply(axes.getLast()));
        }

        /** Elements that are loaded. */
        int loaded() {
            return sizes.stream().reduce(1, Math::multiplyExact);
        }

        int elements() {
            int lines = 1;
            for (int n = 0; n < sizes.size() - 1; n++) {
                lines = Math.multiplyExact(lines, sizes.get(n));
            }
            return Math.multiplyExact(lines, axes.isEmpty() ? 1 : pitch);
        }
    }

    /** The statements during which a tile is needed, by number. */
    private record Life(Tile tile, Optional<TileExpr.Dot> slice, int from, int to) {}

    private final TileKernel kernel;
    private final GroupShape shape;
    private final List<TileExpr.Dot> products = new ArrayList<>();
    private final Map<String, Held> tiles = new HashMap<>();
    private final Map<Map.Entry<String, TileExpr.Dot>, Held> slices = new HashMap<>();
    private final SequencedMap<String, LocalArray> arrays = new LinkedHashMap<>();

    /** The last statement that needs an array. */
    private final Map<String, Integer> ends = new HashMap<>();

    public GroupMemory(TileKernel kernel, GroupShape shape) {
        this.kernel = kernel;
        this.shape = shape;
        TileStmt.all(kernel.body()).forEach(s -> s.product().ifPresent(products::add));
        new Lives().of(kernel.body()).forEach(this::place);
        for (TileStmt s : TileStmt.all(kernel.body())) {
            if (s instanceof TileStmt.Define d && d.value() instanceof TileExpr.Reduce r && shape.isShared(r.over())) {
                exchange(d.tile(), r.over());
            }
        }
    }

    /** Elements along an axis that is summed over that are here at once. */
    int depth(Axis over) {
        return kernel.schedule().stage(over).orElse(shape.width(over));
    }

    /** Whether products over an axis take a slice after the other. */
    boolean isSliced(Axis over) {
        return depth(over) < shape.width(over);
    }

    /** Whether a tile is loaded in slices, where products need it. */
    boolean isLoadedInSlices(Tile tile) {
        return !shape.isInRegisters(tile)
                && usesOf(tile).stream().allMatch(dot -> isSliced(dot.over()))
                && TileStmt.all(kernel.body()).stream().noneMatch(s -> reads(s, tile));
    }

    private List<TileExpr.Dot> usesOf(Tile tile) {
        return products.stream().filter(dot -> dot.factors().contains(tile)).toList();
    }

    /** Whether a program reads a tile. */
    private static boolean reads(TileStmt s, Tile tile) {
        return s.programs().stream().anyMatch(p -> ScalarExprs.contains(p, tile.value()));
    }

    /** Finds when tiles are needed. */
    private final class Lives {
        private final List<Life> lives = new ArrayList<>();
        private final Map<String, Integer> born = new HashMap<>();
        private final Map<String, Integer> last = new HashMap<>();
        private final Map<String, Tile> resident = new LinkedHashMap<>();
        private int number;

        List<Life> of(List<TileStmt> body) {
            add(body, new ArrayList<>());
            resident.forEach((name, tile) -> lives.add(
                    new Life(tile, Optional.empty(), born.get(name), last.getOrDefault(name, born.get(name)))));
            lives.sort((a, b) -> Integer.compare(a.from, b.from));
            return lives;
        }

        private void add(List<TileStmt> body, List<String> outside) {
            List<String> here = new ArrayList<>(outside);
            for (TileStmt s : body) {
                number++;
                int at = number;
                switch (s) {
                    case TileStmt.Loop l -> {
                        List<String> before = new ArrayList<>(here);
                        add(l.body(), before);
                        // What was there before a loop stays until its end, if the loop needs it.
                        before.stream()
                                .filter(name -> last.getOrDefault(name, 0) >= at)
                                .forEach(name -> last.put(name, number));
                    }
                    case TileStmt.Masked m -> add(m.body(), here);
                    default -> {
                        if (s instanceof TileStmt.Define d
                                && !shape.isInRegisters(d.tile())
                                && !isLoadedInSlices(d.tile())) {
                            resident.put(d.tile().name(), d.tile());
                            born.put(d.tile().name(), at);
                            here.add(d.tile().name());
                        }
                        resident.values().stream().filter(t -> reads(s, t)).forEach(t -> last.put(t.name(), at));
                        s.product().ifPresent(dot -> factors(dot, at));
                    }
                }
            }
        }

        private void factors(TileExpr.Dot dot, int at) {
            for (Tile t : dot.factors()) {
                if (resident.containsKey(t.name())) {
                    last.put(t.name(), at);
                } else {
                    lives.add(new Life(t, Optional.of(dot), at, at));
                }
            }
        }
    }

    private void place(Life life) {
        Tile tile = life.tile;
        TileExpr.Dot first = life.slice.orElseGet(() -> usesOf(tile).getFirst());
        List<Axis> axes = new ArrayList<>(shape.axes(tile));
        if (axes.remove(first.over())) {
            axes.addFirst(first.over());
        }
        boolean isSlice = life.slice.isPresent() && !shape.isInRegisters(tile);
        List<Integer> sizes = new ArrayList<>();
        for (Axis axis : axes) {
            boolean isOwn = shape.isInRegisters(tile)
                    || usesOf(tile).stream().anyMatch(dot -> !dot.over().equals(axis));
            sizes.add(
                    isSlice && axis.equals(first.over())
                            ? depth(axis)
                            : isOwn ? shape.threadedWidth(axis) : shape.width(axis));
        }
        int pitch = (sizes.isEmpty() ? 1 : sizes.getLast()) + kernel.schedule().pitch(tile);
        LocalArray own = LocalArray.of(tile.name() + "Tile", tile.type(), 0);
        LocalArray array = arrays.values().stream()
                .filter(a -> a.type() == own.type() && ends.get(a.buffer().name()) < life.from)
                .findFirst()
                .orElse(own);
        String name = array.buffer().name();
        Held placed = new Held(array.buffer(), axes, sizes, pitch);
        arrays.put(name, array.atLeast(placed.elements()));
        ends.put(name, life.to);
        if (life.slice.isPresent()) {
            slices.put(Map.entry(tile.name(), life.slice.get()), placed);
        } else {
            tiles.put(tile.name(), placed);
        }
    }

    private void exchange(Tile result, Axis over) {
        if (shape.threads(over) > 1) {
            int lines =
                    shape.axes(result).stream().mapToInt(shape::threadedWidth).reduce(1, (a, b) -> a * b);
            LocalArray array =
                    LocalArray.of("exchange", result.type(), Math.max(shape.threads(), lines * shape.threads(over)));
            arrays.merge(exchangeName(array), array, (a, b) -> a.atLeast(b.elements()));
        }
    }

    private static String exchangeName(LocalArray array) {
        return "exchange " + array.type();
    }

    /** The array in which threads exchange values of a type. */
    LocalArray exchange(Tile result) {
        return arrays.get(exchangeName(LocalArray.of("exchange", result.type(), 0)));
    }

    /** The axis that the first product with a tile sums over. */
    Axis over(Tile tile) {
        return usesOf(tile).getFirst().over();
    }

    /** Where a tile is, if all of it stays here. */
    Optional<Held> resident(Tile tile) {
        return Optional.ofNullable(tiles.get(tile.name()));
    }

    /** Where a factor is while a product is computed. */
    Held factor(Tile tile, TileExpr.Dot dot) {
        Held held = tiles.get(tile.name());
        return held != null ? held : slices.get(Map.entry(tile.name(), dot));
    }

    /** Whether neighbours along an axis are neighbours in memory that a program reads. */
    public static boolean runsAlong(ScalarExpr program, Axis axis) {
        return ScalarExprs.any(
                program,
                e -> e instanceof ScalarExpr.Element x
                        && IndexSimplifier.form(x.address()).coefficient(axis).is(1));
    }

    /** The arrays to allocate. */
    List<LocalArray> arrays() {
        return List.copyOf(arrays.values());
    }

    /** Bytes of local memory that they take. */
    public long bytes() {
        return arrays.values().stream().mapToLong(LocalArray::bytes).sum();
    }
}
