package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which loops may run over blocks of several indexes: those whose statements span the loop's axis wherever they read its index or a
 * tile along it, and that change a carried tile, or add to a buffer, by what they computed from the block. Any other loop runs index by
 * index. It is so
 * for batches and heads, which programs read and tiles do not span.
 */
public final class Cuttable {
    private final Map<String, Tile> tiles = new HashMap<>();

    /** The axes that products are summed over, by the tiles that they define. */
    private final Map<String, Axis> summedOver = new HashMap<>();

    /** @param program well formed */
    public Cuttable(TileProgram program) {
        ProgramParts.tiles(program.body(), t -> tiles.put(t.name(), t));
        ProgramParts.statements(program.body(), s -> {
            if (s instanceof TileStmt.Define d && d.value() instanceof TileExpr.Dot dot) {
                summedOver.put(d.tile().name(), dot.over());
            }
        });
    }

    /** Whether a loop of the program may have blocks of several indexes. */
    public boolean isCuttable(TileStmt.Loop loop) {
        List<TileStmt> statements = new ArrayList<>();
        ProgramParts.statements(loop.body(), statements::add);
        Set<String> inside = new HashSet<>();
        ProgramParts.tiles(loop.body(), t -> inside.add(t.name()));
        return statements.stream().allMatch(s -> suits(s, loop.axis(), inside));
    }

    /** Whether a carried tile takes in something that was computed from the block. */
    private static boolean folds(TileStmt.Update update, Set<String> inside) {
        return ScalarExprs.any(
                update.value().program(), e -> e instanceof ScalarExpr.Variable v && inside.contains(v.name()));
    }

    /** Whether each block of an axis adds what it summed along the axis. */
    private boolean addsSums(TileStmt.AddTo add, Axis axis) {
        return ScalarExprs.any(
                add.value(), e -> e instanceof ScalarExpr.Variable v && axis.equals(summedOver.get(v.name())));
    }

    private boolean suits(TileStmt stmt, Axis axis, Set<String> inside) {
        return switch (stmt) {
            case TileStmt.Define d -> suits(d.value(), d.tile().axes(), axis);
            case TileStmt.Update u ->
                suits(u.value(), u.tile().axes(), axis)
                        && (inside.contains(u.tile().name()) || folds(u, inside));
            case TileStmt.Accumulate a ->
                suits(a.value(), a.tile().axes(), axis)
                        && (inside.contains(a.tile().name()) || a.value().over().equals(axis));
            case TileStmt.Store s ->
                s.axes().contains(axis) || !depends(s.address(), axis) && !depends(s.value(), axis);
            case TileStmt.AddTo a ->
                a.axes().contains(axis)
                        || !depends(a.address(), axis) && !depends(a.value(), axis) && addsSums(a, axis);
            case TileStmt.Loop l ->
                !depends(l.bounds().from(), axis) && !depends(l.bounds().to(), axis);
            case TileStmt.Masked m -> true;
        };
    }

    private boolean suits(TileExpr value, List<Axis> spanned, Axis axis) {
        if (spanned.contains(axis)) {
            return true;
        }
        return switch (value) {
            case TileExpr.Map m -> !depends(m.program(), axis);
            case TileExpr.Reduce r -> r.over().equals(axis) || !depends(r.program(), axis);
            case TileExpr.Dot d ->
                d.over().equals(axis)
                        || !d.a().axes().contains(axis) && !d.b().axes().contains(axis);
        };
    }

    /** Whether a program reads the index of an axis, or an element of a tile along it. */
    private boolean depends(ScalarExpr program, Axis axis) {
        return ScalarExprs.any(
                program,
                e -> e.equals(ScalarExpr.of(axis))
                        || e instanceof ScalarExpr.Variable v
                                && tiles.containsKey(v.name())
                                && tiles.get(v.name()).axes().contains(axis));
    }
}
