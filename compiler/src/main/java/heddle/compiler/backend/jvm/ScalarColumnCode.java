package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.TileExpr;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Writes the steps of a column kernel for one column, for types and accesses that vectors do not support. */
final class ScalarColumnCode {
    private final Locals locals;
    private final Set<Support> support;
    private final JavaText out;
    private final ScalarCode code;

    /** @param code writes in the body of the loop over columns, to {@code out} */
    ScalarColumnCode(Locals locals, Set<Support> support, JavaText out, ScalarCode code) {
        this.locals = locals;
        this.support = support;
        this.out = out;
        this.code = code;
    }

    void write(List<Stmt> body) {
        for (Stmt stmt : body) {
            switch (stmt) {
                case Stmt.Define d -> define(d);
                case Stmt.Store s -> {
                    if (s.axes().size() == 1) {
                        code.store(s);
                    } else {
                        along(s.axes().getFirst(), row -> row.store(s));
                    }
                }
                default -> throw new IllegalStateException("not a step of a column kernel: " + stmt);
            }
        }
    }

    private void define(Stmt.Define d) {
        String variable = d.tile().name();
        switch (d.value()) {
            case TileExpr.Map m -> {
                String value = code.of(m.program());
                String name = locals.fresh(variable);
                out.line(Locals.type(d.tile().type()) + " " + name + " = " + value + ";");
                locals.bind(variable, new Locals.Value(name, false));
            }
            case TileExpr.Reduce r -> locals.bind(variable, new Locals.Value(reduce(variable, r), false));
            case TileExpr.Dot dot -> throw new IllegalStateException("not a step of a column kernel: " + d);
        }
    }

    private String reduce(String name, TileExpr.Reduce r) {
        Fold fold = new Fold(r.kind(), r.program().type());
        String acc = locals.fresh(name);
        out.line(Locals.type(r.program().type()) + " " + acc + " = " + fold.neutral() + ";");
        along(r.over(), row -> out.line(acc + " = " + fold.scalars(acc, row.operand(r.program())) + ";"));
        return acc;
    }

    private void along(Axis axis, Consumer<ScalarCode> step) {
        Locals inner = locals.block();
        String index = inner.fresh(axis.name());
        Locals.Range range = locals.range(axis);
        out.open("for (int " + index + " = " + range.from() + "; " + index + " < " + range.to() + "; " + index + "++)");
        inner.bind(axis, "(long) " + index);
        step.accept(new ScalarCode(inner, support, out));
        out.close();
    }
}
