package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Where the tiles of a worker lie. Those of floats whose sizes are numbers share an array, each from the start of a cache line on;
 * others have arrays of their own. Offsets let programs read tiles by the indexes of the whole tensor: from the start of a tile, they go
 * back by the place of the block's first element. Tiles with the same offset share a variable, which is declared where the block has
 * become known.
 */
final class TileOffsets {
    private final KernelScope scope;
    private final TileKernel kernel;
    private final Map<String, String> variables = new HashMap<>();
    private final Set<String> declared = new HashSet<>();

    TileOffsets(KernelScope scope) {
        this.scope = scope;
        this.kernel = scope.kernel();
    }

    /** Declares the memory of all tiles, which is used again for every block. It begins with zeros. */
    void declareTiles(JavaText out) {
        int first = 0;
        List<String> starts = new ArrayList<>();
        for (PlacedTile tile : scope.scheduled().tiles()) {
            String name = scope.locals().fresh(tile.buffer().name());
            OptionalInt size = SharedTiles.size(kernel, tile);
            if (size.isPresent()) {
                starts.add(name + " = " + SharedTiles.AT + (first == 0 ? "" : " + " + first));
                first += size.getAsInt();
                scope.locals().tile(tile, SharedTiles.ARRAY, name, variable(tile, name));
            } else {
                String type = Locals.type(tile.buffer().type().dtype());
                String rows = tile.row().map(r -> rows(r) + " * ").orElse("");
                out.line(type + "[] " + name + " = new " + type + "[" + rows + tile.width() + "];");
                scope.locals().tile(tile, name, "0", variable(tile, "0"));
            }
        }
        if (first > 0) {
            out.line("int " + String.join(", ", starts) + ";");
            out.line("Arrays.fill(" + SharedTiles.ARRAY + ", " + SharedTiles.AT + ", " + SharedTiles.AT + " + " + first
                    + ", 0f);");
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

    /** Declares those that have become known. */
    void declare(BlockRanges ranges, JavaText out) {
        List<String> now = new ArrayList<>();
        for (PlacedTile tile : scope.scheduled().tiles()) {
            boolean known = tile.axes().stream().allMatch(a -> ranges.isBlocked(a) || !kernel.isBlocked(a));
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
