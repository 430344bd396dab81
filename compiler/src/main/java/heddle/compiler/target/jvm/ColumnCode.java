package heddle.compiler.target.jvm;

import heddle.compiler.tile.Axis;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.TileExpr;
import java.util.List;
import java.util.function.Consumer;

/** The steps of a column kernel for one vector of columns; loops along the column run inside. */
final class ColumnCode {
    private final LaneLoop loop;
    private final VectorCode code;

    ColumnCode(LaneLoop loop, VectorCode code) {
        this.loop = loop;
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
        String name = d.tile().name();
        switch (d.value()) {
            case TileExpr.Map m -> bind(name, code.of(m.program()));
            case TileExpr.Reduce r -> bind(name, reduce(name, r));
            case TileExpr.Dot dot -> throw new IllegalStateException("not a step of a column kernel: " + d);
        }
    }

    private void bind(String variable, String vector) {
        code.locals().bind(variable, new Locals.Value(vector, true));
    }

    private String reduce(String name, TileExpr.Reduce r) {
        Lanes lanes = loop.lanes();
        Fold fold = new Fold(r.kind(), r.program().type());
        String acc = code.locals().fresh(name);
        code.out().line(lanes.vector() + " " + acc + " = " + lanes.broadcast(fold.neutral()) + ";");
        along(r.over(), row -> {
            String value = row.of(r.program());
            row.out().line(acc + " = " + acc + "." + fold.method() + "(" + value + ");");
        });
        return acc;
    }

    /** Writes a loop down the column. */
    private void along(Axis axis, Consumer<VectorCode> step) {
        Locals locals = code.locals().block();
        String index = locals.fresh(axis.name());
        JavaText out = code.out();
        Locals.Range range = locals.range(axis);
        out.open("for (int " + index + " = " + range.from() + "; " + index + " < " + range.to() + "; " + index + "++)");
        locals.bind(axis, "(long) " + index);
        JavaText before = out.apart();
        JavaText body = out.apart();
        step.accept(code.within(loop.nested(locals, before), locals, body));
        out.append(before).append(body).close();
    }
}
