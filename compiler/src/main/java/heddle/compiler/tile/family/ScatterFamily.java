package heddle.compiler.tile.family;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * {@code output[address(owners, position)] += value(owners, position)}, from zeros, as gradients of look-ups are; or combined in another
 * way, from its neutral element. Each index of the owners adds to elements of its own, in the order of the positions, so that no bit
 * depends on threads.
 *
 * @param owners   outermost first; the output is contiguous along the last, if it is along any
 * @param position whose elements may be added to the same one
 * @param address  different for different owners
 * @param kind     how values are combined
 */
public record ScatterFamily(
        List<Axis> owners, Axis position, Buffer output, ScalarExpr address, ScalarExpr value, Reduction kind)
        implements Family {
    public ScatterFamily {
        owners = List.copyOf(owners);
    }

    @Override
    public ScatterFamily map(UnaryOperator<ScalarExpr> change) {
        return new ScatterFamily(owners, position, output, change.apply(address), change.apply(value), kind);
    }

    /**
     * <pre>
     * parallel owners, the last in blocks:
     *   for position:
     *     add to output[address] value
     * </pre>
     */
    @Override
    public TileProgram program(String name, List<String> comments) {
        List<Axis> blocked = new ArrayList<>(List.of(position));
        if (!owners.isEmpty()) {
            blocked.add(owners.getLast());
        }
        TileStmt add = new TileStmt.AddTo(output, blocked, address, value, kind);
        TileStmt loop = TileStmt.Loop.over(position, LoopMode.SEQUENTIAL, Optional.empty(), List.of(add));
        return TileProgram.parallel(name, "scatter", owners, List.of(loop), comments);
    }
}
