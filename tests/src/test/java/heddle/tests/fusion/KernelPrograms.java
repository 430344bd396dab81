package heddle.tests.fusion;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
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
        TileProgram p = k.program();
        TileProgram changed = new TileProgram(p.name(), p.label(), map(p.body(), change), p.comments());
        return new TileKernel(changed, k.schedule());
    }

    private static List<TileStmt> map(List<TileStmt> body, UnaryOperator<ScalarExpr> change) {
        return body.stream().map(s -> map(s, change)).toList();
    }

    private static TileStmt map(TileStmt stmt, UnaryOperator<ScalarExpr> change) {
        return switch (stmt) {
            case TileStmt.Define d -> new TileStmt.Define(d.tile(), map(d.value(), change));
            case TileStmt.Update u ->
                new TileStmt.Update(
                        u.tile(), new TileExpr.Map(change.apply(u.value().program())));
            case TileStmt.Accumulate a -> a;
            case TileStmt.Loop l ->
                new TileStmt.Loop(
                        l.id(),
                        l.axis(),
                        l.bounds(),
                        l.mode(),
                        l.mask().map(m -> new LoopMask(change.apply(m.program()))),
                        map(l.body(), change));
            case TileStmt.Masked m -> new TileStmt.Masked(m.loop(), map(m.body(), change));
            case TileStmt.Store s -> new TileStmt.Store(s.buffer(), s.axes(), s.address(), change.apply(s.value()));
            case TileStmt.AddTo a -> new TileStmt.AddTo(a.buffer(), a.axes(), a.address(), change.apply(a.value()), a.kind());
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
