package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Loads operands into local memory and multiplies them. Operands that fit are loaded at once. The others are loaded
 * slice by slice where they are multiplied.
 */
final class Operands {
    private final Geometry geometry;
    private final LocalMemory memory;
    private final Lanes lanes;
    private final Barriers barriers;
    private final DeviceScope scope;

    /** The programs of operands that come in slices, by tile. */
    private final Map<String, ScalarExpr> sliced = new HashMap<>();

    Operands(Geometry geometry, LocalMemory memory, Lanes lanes, Barriers barriers, DeviceScope scope) {
        this.geometry = geometry;
        this.memory = memory;
        this.lanes = lanes;
        this.barriers = barriers;
        this.scope = scope;
    }

    /** Says what an operand is computed by. */
    void load(Tile tile, ScalarExpr program, JavaText out) {
        if (memory.isSliced(memory.operand(tile).over())) {
            sliced.put(tile.name(), program);
        } else {
            stage(tile, program, "0", out);
        }
    }

    /** @param part where the slice begins in the block */
    private void stage(Tile tile, ScalarExpr program, String part, JavaText out) {
        LocalArray array = memory.operand(tile);
        barriers.beforeWriting(array.name(), out);
        new Staging(geometry, lanes, scope).write(array, program, tile.name(), part, out);
    }

    /** Adds a product to {@code result}. Operands that threads computed are in local memory. */
    void multiply(RegisterTile result, TileExpr.Dot dot, JavaText out) {
        if (memory.isSliced(dot.over())) {
            slices(result, dot, out);
        } else {
            multiply(result, dot, "0", out);
        }
    }

    private void multiply(RegisterTile result, TileExpr.Dot dot, String part, JavaText out) {
        LocalArray a = memory.operand(dot.a());
        LocalArray b = memory.operand(dot.b());
        barriers.beforeReading(List.of(a.name(), b.name()), out);
        new ProductLoop(geometry, scope).write(result, a, b, dot, part, out);
    }

    private void slices(RegisterTile result, TileExpr.Dot dot, JavaText out) {
        Axis over = dot.over();
        int width = geometry.width(over);
        int depth = memory.depth(over);
        boolean plain = geometry.isWhole(over) && width % depth == 0;
        String part = scope.fresh(over.name() + "Part");
        List<Tile> loaded = Stream.of(dot.a(), dot.b())
                .filter(t -> sliced.containsKey(t.name()))
                .toList();
        barriers.enterLoop(loaded.stream().map(t -> memory.operand(t).name()).toList());
        out.open("for (int " + part + " = " + (plain ? "0; " + part : "zero; " + part + " + zero") + " < " + width
                + "; " + part + " += " + depth + ")");
        loaded.forEach(t -> stage(t, sliced.get(t.name()), part, out));
        multiply(result, dot, part, out);
        out.close();
    }
}
