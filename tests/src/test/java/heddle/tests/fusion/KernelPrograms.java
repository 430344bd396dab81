package heddle.tests.fusion;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The scalar programs of a kernel's statements, but for addresses of stores. */
final class KernelPrograms {
    private KernelPrograms() {}

    static Stream<ScalarExpr> of(TileKernel kernel) {
        List<ScalarExpr> programs = new ArrayList<>();
        map(kernel, program -> {
            programs.add(program);
            return program;
        });
        return programs.stream();
    }

    /** The kernel with {@code change} made to each program. */
    static TileKernel map(TileKernel k, UnaryOperator<ScalarExpr> change) {
        return new TileKernel(
                k.name(),
                k.family(),
                k.reads(),
                k.writes(),
                k.parallel(),
                map(k.body(), change),
                k.plan(),
                k.comments());
    }

    private static List<Stmt> map(List<Stmt> body, UnaryOperator<ScalarExpr> change) {
        return body.stream().map(s -> map(s, change)).toList();
    }

    private static Stmt map(Stmt stmt, UnaryOperator<ScalarExpr> change) {
        return switch (stmt) {
            case Stmt.Define d -> new Stmt.Define(d.tile(), map(d.value(), change));
            case Stmt.Update u -> new Stmt.Update(u.tile(), map(u.value(), change));
            case Stmt.Accumulate a -> a;
            case Stmt.Loop l ->
                new Stmt.Loop(
                        l.axis(),
                        l.mask().map(m -> new LoopMask(change.apply(m.program()), m.tables())),
                        map(l.body(), change));
            case Stmt.Masked m -> new Stmt.Masked(map(m.body(), change));
            case Stmt.Store s -> new Stmt.Store(s.buffer(), s.axes(), s.address(), change.apply(s.value()));
        };
    }

    private static TileExpr map(TileExpr value, UnaryOperator<ScalarExpr> change) {
        return switch (value) {
            case TileExpr.Map m -> new TileExpr.Map(change.apply(m.program()));
            case TileExpr.Reduce r ->
                new TileExpr.Reduce(r.kind(), change.apply(r.program()), r.over(), r.ignoresNaN());
            case TileExpr.Dot dot -> dot;
        };
    }
}
