package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The offsets that let programs read tiles by the indexes of the whole tensor: minus the place of the block's first element. Tiles
 * whose blocks begin at one place share a variable, which is declared where the block has become known.
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

    /** The variable for a tile. */
    String of(PlacedTile tile) {
        return variables.computeIfAbsent(origin(tile), origin -> {
            boolean row = tile.row().filter(kernel::isBlocked).isPresent();
            String name = row || origin.equals("0")
                    ? tile.buffer().name()
                    : tile.lane().name();
            return scope.locals().fresh(name + "At");
        });
    }

    /** Declares those that have become known. */
    void declare(BlockRanges ranges, JavaText out) {
        for (PlacedTile tile : scope.scheduled().tiles()) {
            boolean known = tile.axes().stream().allMatch(a -> ranges.isBlocked(a) || !kernel.isBlocked(a));
            String variable = of(tile);
            if (known && declared.add(variable)) {
                out.line("int " + variable + " = " + origin(tile) + ";");
            }
        }
    }

    private String origin(PlacedTile tile) {
        List<String> terms = new ArrayList<>();
        tile.row().filter(kernel::isBlocked).ifPresent(r -> terms.add(KernelScope.from(r) + " * " + tile.width()));
        if (kernel.isBlocked(tile.lane())) {
            terms.add(KernelScope.from(tile.lane()));
        }
        if (terms.isEmpty()) {
            return "0";
        }
        return terms.size() == 1 && !terms.getFirst().contains(" ")
                ? "-" + terms.getFirst()
                : "-(" + String.join(" + ", terms) + ")";
    }
}
