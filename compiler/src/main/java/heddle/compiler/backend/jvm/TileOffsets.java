package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.scalar.Axis;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Where the tiles of a worker lie. Those of floats whose sizes are numbers share an array, which the caller gives, so that each can
 * begin with a cache line, as arrays that Java makes do not: a vector that lies in two lines is read twice. Others have arrays of
 * their own. Offsets let programs read tiles by the indexes of the whole tensor: from the start of a tile, they go
 * back by the place of the block's first element. Tiles with the same offset share a variable, which is declared where the block has
 * become known.
 */
final class TileOffsets {
    /** The parameters of generated methods for the shared array, and for where the worker's part of it begins. */
    static final String ARRAY = "tiles";

    static final String AT = "tilesAt";

    private final KernelScope scope;
    private final TileKernel kernel;
    private final Map<String, String> variables = new HashMap<>();
    private final Set<String> declared = new HashSet<>();

    TileOffsets(KernelScope scope) {
        this.scope = scope;
        this.kernel = scope.kernel();
    }

    /** Floats that a tile takes in the shared array, if it lies there: when it is of floats, and its size a number. */
    private static OptionalInt size(TileKernel kernel, PlacedTile tile) {
        boolean isKnown = tile.row()
                .filter(row -> !kernel.isBlocked(row) && !row.extent().isKnown())
                .isEmpty();
        if (!isKnown || tile.buffer().type().dtype() != DType.F32) {
            return OptionalInt.empty();
        }
        int rows = tile.row()
                .map(row -> kernel.isBlocked(row)
                        ? kernel.block(row)
                        : Math.toIntExact(row.extent().value()))
                .orElse(1);
        int floats = Math.multiplyExact(rows, tile.width());
        return OptionalInt.of(Math.ceilDiv(floats, MemoryPlan.ALIGNMENT) * MemoryPlan.ALIGNMENT);
    }

    /** Floats that all of them take there. */
    static int size(TileKernel kernel, List<PlacedTile> tiles) {
        return tiles.stream().mapToInt(tile -> size(kernel, tile).orElse(0)).reduce(0, Math::addExact);
    }

    /** Declares the memory of all tiles, which is used again for every block. It begins with zeros. */
    void declareTiles(JavaText out) {
        int first = 0;
        List<String> starts = new ArrayList<>();
        for (PlacedTile tile : scope.scheduled().tiles()) {
            String name = scope.locals().fresh(tile.buffer().name());
            OptionalInt size = size(kernel, tile);
            if (size.isPresent()) {
                starts.add(name + " = " + AT + (first == 0 ? "" : " + " + first));
                first += size.getAsInt();
                scope.locals().tile(tile, ARRAY, name, variable(tile, name));
            } else {
                String type = Locals.type(tile.buffer().type().dtype());
                String rows = tile.row().map(r -> rows(r) + " * ").orElse("");
                out.line(type + "[] " + name + " = new " + type + "[" + rows + tile.width() + "];");
                scope.locals().tile(tile, name, "0", variable(tile, "0"));
            }
        }
        if (first > 0) {
            out.line("int " + String.join(", ", starts) + ";");
            out.line("Arrays.fill(" + ARRAY + ", " + AT + ", " + AT + " + " + first + ", 0f);");
        }
    }

    private String rows(Axis axis) {
        return kernel.isBlocked(axis) ? String.valueOf(kernel.block(axis)) : KernelScope.extent(axis);
    }

    private String variable(PlacedTile tile, String start) {
        return variables.computeIfAbsent(offset(tile, start), offset -> {
            boolean isOwn = !start.equals("0")
                    || offset.equals("0")
                    || tile.row().filter(kernel::isBlocked).isPresent();
            String name = isOwn ? tile.buffer().name() : tile.lane().name();
            return offset.equals(start) && !start.equals("0")
                    ? start
                    : scope.locals().fresh(name + "At");
        });
    }

    /** Declares those that have become known in a block. */
    void declare(KernelScope inner, JavaText out) {
        List<String> now = new ArrayList<>();
        for (PlacedTile tile : scope.scheduled().tiles()) {
            boolean known = tile.axes().stream().allMatch(a -> inner.isBlocked(a) || !kernel.isBlocked(a));
            Locals.Array array = scope.locals().array(tile.buffer());
            boolean isStart = array.offset().equals(array.start());
            if (known && !isStart && declared.add(array.offset())) {
                now.add(array.offset() + " = " + offset(tile, array.start()));
            }
        }
        if (!now.isEmpty()) {
            out.line("int " + String.join(", ", now) + ";");
        }
    }

    private String offset(PlacedTile tile, String start) {
        List<String> terms = new ArrayList<>();
        tile.row().filter(kernel::isBlocked).ifPresent(r -> terms.add(KernelScope.from(r) + " * " + tile.width()));
        if (kernel.isBlocked(tile.lane())) {
            terms.add(KernelScope.from(tile.lane()));
        }
        if (terms.isEmpty()) {
            return start;
        }
        boolean isName = terms.size() == 1 && !terms.getFirst().contains(" ");
        String place = isName ? terms.getFirst() : "(" + String.join(" + ", terms) + ")";
        return start.equals("0") ? "-" + place : start + " - " + place;
    }
}
