package heddle.compiler.explain;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.BlockCount;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.tile.family.FilledScores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Scores that a condition replaces by a large negative number, as {@code torch.finfo(dtype).min}. It is a number like others. Its blocks are
 * computed, or left out for rows with a greatest score far above it; minus infinity in its place would leave them out always.
 *
 * @param value   the number
 * @param skipped blocks that minus infinity would skip, and the number does not
 * @param above   where the greatest score of each row of a block is above this, blocks are left out; empty where they never are
 */
public record FiniteFill(double value, long skipped, OptionalDouble above) {
    /** The fill of an attention's kernel that hides most blocks; empty where none hides a whole block. */
    static Optional<FiniteFill> of(TileKernel kernel, Map<String, Long> lengths) {
        List<TileStmt> body = kernel.body();
        for (int at = 0; at < body.size(); at++) {
            if (body.get(at) instanceof TileStmt.Loop loop) {
                int place = at;
                long before =
                        BlockCount.of(kernel, lengths).map(BlockCount::empty).orElse(0L);
                boolean skips = before > 0 || !kernel.schedule().tables().isEmpty();
                Optional<FiniteFill> left = loop.mask()
                        .flatMap(LoopMask::fill)
                        .filter(fill -> skips)
                        .map(fill -> new FiniteFill(fill.value(), 0, OptionalDouble.of(fill.above())));
                Stream<FiniteFill> others = hidden(loop).stream()
                        .map(fill -> new FiniteFill(
                                fill.value,
                                skipped(kernel, place, loop, fill.kept, lengths) - before,
                                OptionalDouble.empty()))
                        .filter(fill -> fill.skipped > 0);
                return Stream.concat(left.stream(), others).max((x, y) -> Long.compare(x.skipped, y.skipped));
            }
        }
        return Optional.empty();
    }

    /** @param kept where scores are not filled */
    private record Hidden(double value, ScalarExpr kept) {}

    private static List<Hidden> hidden(TileStmt.Loop loop) {
        List<Hidden> found = new ArrayList<>();
        TileStmt.all(loop.body())
                .forEach(stmt -> stmt.programs()
                        .forEach(program -> ScalarExprs.visit(program, e -> {
                            if (e instanceof Apply a && a.fn() == ScalarFn.SELECT) {
                                hidden(a).ifPresent(found::add);
                            }
                        })));
        return found;
    }

    private static Optional<Hidden> hidden(Apply select) {
        ScalarExpr condition = select.args().getFirst();
        if (ScalarExprs.any(condition, e -> e instanceof ScalarExpr.Variable)) {
            return Optional.empty();
        }
        return FilledScores.fill(select.args().get(2))
                .map(fill -> new Hidden(fill, condition))
                .or(() -> FilledScores.fill(select.args().get(1))
                        .map(fill -> new Hidden(fill, ScalarExpr.apply(ScalarFn.NOT, condition))));
    }

    /** The blocks that are skipped when only kept scores count. */
    private static long skipped(
            TileKernel kernel, int place, TileStmt.Loop loop, ScalarExpr kept, Map<String, Long> lengths) {
        ScalarExpr mask = loop.mask()
                .map(m -> ScalarExpr.apply(ScalarFn.AND, m.program(), kept))
                .orElse(kept);
        List<TileStmt> body = new ArrayList<>(kernel.body());
        body.set(
                place,
                new TileStmt.Loop(
                        loop.id(),
                        loop.axis(),
                        loop.bounds(),
                        loop.mode(),
                        Optional.of(new LoopMask(mask)),
                        loop.body()));
        TileProgram program = kernel.program();
        TileProgram masked = TileProgram.parallel(program.name(), program.label(), kernel.parallel(), body, List.of());
        return BlockCount.of(new TileKernel(masked, kernel.schedule()), lengths)
                .map(BlockCount::empty)
                .orElse(0L);
    }
}
