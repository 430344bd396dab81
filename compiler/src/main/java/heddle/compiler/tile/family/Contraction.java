package heddle.compiler.tile.family;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.Tile.Space;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlan;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * {@code output[address] = epilogue(sum over k of a · b)}: matmuls and einsums.
 *
 * <p>Axes that both operands and the output have are {@code batch}. The lowering merges neighbouring axes where strides
 * allow, so that there is one {@code m}, one {@code n} and one {@code k}; an axis that is missing has extent one.
 *
 * @param a        over batch, m, k
 * @param b        over batch, n, k
 * @param zeros    whose zeros add nothing, {@code a} being the left factor
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
        Annihilating zeros,
        ScalarExpr.Variable acc,
        ScalarExpr epilogue,
        Buffer output,
        ScalarExpr address)
        implements Family {
    public Contraction {
        batch = List.copyOf(batch);
    }

    @Override
    public Contraction map(UnaryOperator<ScalarExpr> change) {
        return new Contraction(
                batch, m, n, k, change.apply(a), change.apply(b), zeros, acc, change.apply(epilogue), output, address);
    }

    /**
     * Blocks of the output are independent; each runs over the blocks of {@code k}. The blocks of {@code m} are
     * innermost, so that neighbours read the same block of {@code b}.
     */
    @Override
    public TileKernel program(String name, TilePlan plan, List<String> comments) {
        Tile sum = new Tile(acc.name(), acc.type(), List.of(m, n), Space.REGISTER);
        Tile left = Operand.tile("left", a, plan, m, k);
        Tile right = Operand.tile("right", b, plan, n, k);
        List<Stmt> step = List.of(
                new Stmt.Define(left, new TileExpr.Map(a)),
                new Stmt.Define(right, new TileExpr.Map(b)),
                new Stmt.Accumulate(sum, new TileExpr.Dot(left, right, k, zeros)));
        List<Stmt> body = List.of(
                new Stmt.Define(sum, new TileExpr.Map(ScalarExpr.zero(acc.type()))),
                new Stmt.Loop(k, Optional.empty(), step),
                new Stmt.Store(output, List.of(m, n), address, epilogue));
        List<Axis> parallel = new ArrayList<>(batch);
        parallel.addAll(List.of(n, m));
        return TileKernel.of(name, "contraction", parallel, body, plan, comments);
    }

    /**
     * The sums only, without the epilogue, in a buffer of {@code [batch, m, n]}.
     *
     * @param buffer its name
     */
    public Contraction sums(String buffer) {
        List<Axis> axes = resultAxes();
        TensorType type = new TensorType(
                acc.type(), new Shape(axes.stream().map(Axis::extent).toList()));
        ScalarExpr dense = IndexSimplifier.address(
                type.shape(), axes.stream().map(ScalarExpr::of).toList());
        return new Contraction(batch, m, n, k, a, b, zeros, acc, acc, new Buffer(buffer, type), dense);
    }

    /** The epilogue as a map over sums in a buffer. @param sums as {@link #sums} stores them */
    public MapFamily epilogue(Contraction sums) {
        ScalarExpr sum = new ScalarExpr.Element(sums.output(), sums.address());
        return new MapFamily(
                resultAxes().stream().filter(axis -> !axis.extent().is(1)).toList(),
                output,
                address,
                ScalarExprs.transform(epilogue, e -> e.equals(acc) ? sum : e));
    }

    private List<Axis> resultAxes() {
        List<Axis> axes = new ArrayList<>(batch);
        axes.addAll(List.of(m, n));
        return axes;
    }
}
