package heddle.compiler.tile.family;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * {@code output[address(axes)] = body(axes)}: elementwise chains, views that must be copied, gathers.
 *
 * @param axes outermost first; the output is contiguous along the last, unless it is a piece of a joined one
 */
public record MapFamily(List<Axis> axes, Buffer output, ScalarExpr address, ScalarExpr body) implements Family {
    public MapFamily {
        axes = List.copyOf(axes);
    }

    /** What a reduction begins with, everywhere in a buffer: zeros for sums. */
    public static MapFamily neutral(Buffer buffer, Reduction kind) {
        Axis element = new Axis("element", buffer.type().shape().size());
        ScalarExpr start = ScalarExprs.neutral(kind, buffer.type().dtype());
        return new MapFamily(List.of(element), buffer, ScalarExpr.of(element), start);
    }

    @Override
    public MapFamily map(UnaryOperator<ScalarExpr> change) {
        return new MapFamily(axes, output, address, change.apply(body));
    }

    /**
     * <pre>
     * parallel axes, the last in blocks:
     *   store output[address] = body
     * </pre>
     */
    @Override
    public TileProgram program(String name, List<String> comments) {
        List<Axis> blocked = axes.isEmpty() ? List.of() : List.of(axes.getLast());
        TileStmt store = new TileStmt.Store(output, blocked, address, body);
        return TileProgram.parallel(name, "map", axes, List.of(store), comments);
    }
}
