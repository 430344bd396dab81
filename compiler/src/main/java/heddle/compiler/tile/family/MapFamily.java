package heddle.compiler.tile.family;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlan;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * {@code output[address(axes)] = body(axes)}: elementwise chains, views that must be copied, gathers.
 *
 * @param axes outermost first; the output is contiguous along the last
 */
public record MapFamily(List<Axis> axes, Buffer output, ScalarExpr address, ScalarExpr body) implements Family {
    public MapFamily {
        axes = List.copyOf(axes);
    }

    /** Elements along the last axis that one block has, unless the plan says otherwise. */
    private static final int BLOCK = 8192;

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
    public TileKernel program(String name, TilePlan plan, List<String> comments) {
        List<Axis> blocked = axes.isEmpty() ? List.of() : List.of(axes.getLast());
        List<Stmt> program = List.of(new Stmt.Store(output, blocked, address, body));
        TilePlan blocks = axes.isEmpty() ? plan : plan.orElse(axes.getLast(), BLOCK);
        return TileKernel.of(name, "map", axes, program, blocks, comments);
    }
}
