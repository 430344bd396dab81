package heddle.compiler.tile.family;

import heddle.compiler.tile.Axis;
import heddle.compiler.tile.Buffer;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlan;
import java.util.List;

/**
 * {@code output[address] = epilogue(sum over k of a · b)}: matrix products and einsums.
 *
 * <p>Axes that both operands and the output have are {@code batch}. The lowering merges neighbouring axes where strides
 * allow, so that there is one {@code m}, one {@code n} and one {@code k}; an axis that is missing has extent one.
 *
 * @param a        over batch, m, k
 * @param b        over batch, n, k
 * @param acc      the variable the epilogue reads the sum as
 * @param epilogue over batch, m, n
 */
public record Contraction(
        List<Axis> batch,
        Axis m,
        Axis n,
        Axis k,
        ScalarExpr a,
        ScalarExpr b,
        ScalarExpr.Variable acc,
        ScalarExpr epilogue,
        Buffer output,
        ScalarExpr address)
        implements Family {
    public Contraction {
        batch = List.copyOf(batch);
    }

    @Override
    public TileKernel program(String name, TilePlan plan, List<String> comments) {
        throw new UnsupportedOperationException();
    }
}
