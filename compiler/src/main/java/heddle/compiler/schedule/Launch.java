package heddle.compiler.schedule;

import heddle.compiler.tile.Buffer;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlan;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.RowFamily;
import java.util.List;
import java.util.Map;

/**
 * One kernel of a schedule before it is cut into tiles.
 *
 * @param name     a Java identifier, unique in the schedule
 * @param comments what it computes: graph nodes and source places
 */
public record Launch(String name, Family family, List<String> comments) {
    public Launch {
        comments = List.copyOf(comments);
    }

    /** The tile program under the default tile plan. */
    TileKernel program() {
        TilePlan plan = switch (family) {
            case Contraction c -> Tiling.of(c);
            case Attention a -> Tiling.of(a);
            case MapFamily m -> new TilePlan(Map.of());
            case RowFamily r -> new TilePlan(Map.of());
        };
        return family.program(name, plan, comments);
    }

    /** What it stores. */
    public List<Buffer> outputs() {
        return Parts.of(family).outputs();
    }
}
