package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tile in the scratch memory of a worker: rows along an axis, or one row, of elements that lie next to each other.
 * Scalar programs read it as a buffer, with the indices of the whole tensor. The buffer's offset accounts for the start
 * of the block.
 *
 * @param row   the axis that has one row for each index, when there are several
 * @param lane  the axis along a row
 * @param width elements from one row to the next
 */
public record PlacedTile(Buffer buffer, Optional<Axis> row, Axis lane, int width) {
    static PlacedTile of(String name, DType type, List<Axis> axes, Axis lane, int width) {
        List<Axis> rows = axes.stream().filter(a -> !a.equals(lane)).toList();
        if (rows.size() > 1 || rows.size() == axes.size()) {
            throw new IllegalArgumentException("tile " + name + " over " + axes + " has no rows along " + lane);
        }
        // Sixteen-bit floats are rounded when they leave the kernel, not on the way.
        Buffer buffer = new Buffer(name + "Tile", TensorType.scalar(Precision.computed(type)));
        return new PlacedTile(buffer, rows.stream().findFirst(), lane, width);
    }

    /** {@code e} with the tiles of {@code placed}, by name, read from memory; other variables stay. */
    static ScalarExpr inMemory(ScalarExpr e, Map<String, PlacedTile> placed) {
        return ScalarExprs.transform(
                e,
                x -> x instanceof ScalarExpr.Variable v && placed.containsKey(v.name())
                        ? placed.get(v.name()).element()
                        : x);
    }

    /** The element at the current indexes. */
    public ScalarExpr element() {
        return new ScalarExpr.Element(buffer, address());
    }

    /** Where that element lies. */
    public ScalarExpr address() {
        ScalarExpr at = ScalarExpr.of(lane);
        return row.map(r -> ScalarExpr.apply(
                        ScalarFn.ADD, ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(r), ScalarExpr.of(width)), at))
                .orElse(at);
    }

    /** Its axes, the one along a row last. */
    public List<Axis> axes() {
        return row.map(r -> List.of(r, lane)).orElse(List.of(lane));
    }
}
