package heddle.compiler.tile.family;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
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
    public TileProgram program(String name, List<String> comments) {
        Tile sum = new Tile(acc.name(), acc.type(), List.of(m, n));
        Tile left = new Tile("left", a.type(), List.of(m, k));
        Tile right = new Tile("right", b.type(), List.of(n, k));
        List<TileStmt> step = List.of(
                new TileStmt.Define(left, new TileExpr.Map(a)),
                new TileStmt.Define(right, new TileExpr.Map(b)),
                new TileStmt.Accumulate(sum, new TileExpr.Dot(left, right, k, zeros)));
        List<TileStmt> body = List.of(
                new TileStmt.Define(sum, new TileExpr.Map(ScalarExpr.zero(acc.type()))),
                TileStmt.Loop.over(k, sums(sum), Optional.empty(), step),
                new TileStmt.Store(output, List.of(m, n), address, epilogue));
        return TileProgram.parallel(name, "contraction", parallel(), body, comments);
    }

    /** Sums of parts of {@code k} add up. */
    private static LoopMode sums(Tile sum) {
        Tile part = new Tile(sum.name() + "Part", sum.type(), sum.axes());
        ScalarExpr both = ScalarExpr.apply(ScalarFn.ADD, sum.value(), part.value());
        return new LoopMode.Partial(
                List.of(new LoopMode.Carried(sum, ScalarExpr.zero(sum.type()), part)),
                List.of(new TileStmt.Update(sum, new TileExpr.Map(both))));
    }

    private List<Axis> parallel() {
        List<Axis> parallel = new ArrayList<>(batch);
        parallel.addAll(List.of(n, m));
        return parallel;
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

    /** The same sums with another epilogue. */
    public Contraction with(ScalarExpr other) {
        return new Contraction(batch, m, n, k, a, b, zeros, acc, other, output, address);
    }

    private List<Axis> resultAxes() {
        List<Axis> axes = new ArrayList<>(batch);
        axes.addAll(List.of(m, n));
        return axes;
    }
}
