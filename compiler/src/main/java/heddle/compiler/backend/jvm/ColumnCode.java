package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.TileExpr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes the steps of a column kernel for neighbouring vectors of columns. Loops along the column run inside.
 * Statements that run along the same axis share a loop, unless a later one needs the result of an earlier reduction.
 */
final class ColumnCode {
    private final LaneLoop loop;
    private final List<VectorCode> codes;

    ColumnCode(LaneLoop loop, List<VectorCode> codes) {
        this.loop = loop;
        this.codes = codes;
    }

    void write(List<Stmt> body) {
        List<Stmt> rest = body;
        while (!rest.isEmpty()) {
            Optional<Axis> axis = along(rest.getFirst());
            int count = axis.isPresent() ? fusable(axis.get(), rest) : 1;
            List<Stmt> together = rest.subList(0, count);
            if (axis.isPresent()) {
                loop(axis.get(), together);
            } else {
                codes.forEach(code -> once(code, together.getFirst()));
            }
            rest = rest.subList(count, rest.size());
        }
    }

    /** The axis of the loop that a statement needs. */
    private static Optional<Axis> along(Stmt stmt) {
        return switch (stmt) {
            case Stmt.Define d ->
                switch (d.value()) {
                    case TileExpr.Map m -> Optional.empty();
                    case TileExpr.Reduce r -> Optional.of(r.over());
                    case TileExpr.Dot dot -> throw notAStep(stmt);
                };
            case Stmt.Store s ->
                s.axes().size() == 1 ? Optional.empty() : Optional.of(s.axes().getFirst());
            default -> throw notAStep(stmt);
        };
    }

    private static IllegalStateException notAStep(Stmt stmt) {
        return new IllegalStateException("not a step of a column kernel: " + stmt);
    }

    /** How many of the first statements one loop can take. */
    private static int fusable(Axis axis, List<Stmt> stmts) {
        List<ScalarExpr> reduced = new ArrayList<>();
        int count = 0;
        for (Stmt stmt : stmts) {
            boolean needsResult = reduced.stream().anyMatch(r -> ScalarExprs.contains(program(stmt), r));
            if (needsResult || !along(stmt).equals(Optional.of(axis))) {
                break;
            }
            if (stmt instanceof Stmt.Define d) {
                reduced.add(d.tile().value());
            }
            count++;
        }
        return count;
    }

    private static ScalarExpr program(Stmt stmt) {
        return switch (stmt) {
            case Stmt.Store s -> s.value();
            case Stmt.Define d ->
                switch (d.value()) {
                    case TileExpr.Map m -> m.program();
                    case TileExpr.Reduce r -> r.program();
                    case TileExpr.Dot dot -> throw notAStep(stmt);
                };
            default -> throw notAStep(stmt);
        };
    }

    private static void once(VectorCode code, Stmt stmt) {
        switch (stmt) {
            case Stmt.Define d -> bind(code, d.tile().name(), code.of(program(stmt)));
            case Stmt.Store s -> code.store(s);
            default -> throw notAStep(stmt);
        }
    }

    private static void bind(VectorCode code, String variable, String vector) {
        code.locals().bind(variable, new Locals.Value(vector, true));
    }

    /** Writes a loop down the column. */
    private void loop(Axis axis, List<Stmt> body) {
        Map<Stmt, List<String>> sums = new HashMap<>();
        for (Stmt stmt : body) {
            if (stmt instanceof Stmt.Define d) {
                sums.put(stmt, codes.stream().map(code -> begin(code, d)).toList());
            }
        }
        JavaText out = codes.getFirst().out();
        Locals locals = codes.getFirst().locals().block();
        String index = locals.fresh(axis.name());
        Locals.Range range = locals.range(axis);
        out.open("for (int " + index + " = " + range.from() + "; " + index + " < " + range.to() + "; " + index + "++)");
        locals.bind(axis, "(long) " + index);
        JavaText before = out.apart();
        JavaText text = out.apart();
        LaneLoop nested = loop.nested(locals, before);
        List<VectorCode> rows =
                codes.stream().map(code -> row(code, nested, axis, index, text)).toList();
        for (Stmt stmt : body) {
            for (int copy = 0; copy < rows.size(); copy++) {
                if (stmt instanceof Stmt.Define d) {
                    fold(rows.get(copy), d, sums.get(stmt).get(copy));
                } else {
                    rows.get(copy).store((Stmt.Store) stmt);
                }
            }
        }
        out.append(before).append(text).close();
        sums.forEach((stmt, names) -> {
            for (int copy = 0; copy < names.size(); copy++) {
                bind(codes.get(copy), ((Stmt.Define) stmt).tile().name(), names.get(copy));
            }
        });
    }

    private static VectorCode row(VectorCode code, LaneLoop nested, Axis axis, String index, JavaText text) {
        Locals locals = code.locals().block();
        locals.bind(axis, "(long) " + index);
        return code.within(nested, locals, text);
    }

    private String begin(VectorCode code, Stmt.Define reduce) {
        String sum = code.locals().fresh(reduce.tile().name());
        code.out()
                .line(loop.lanes().vector() + " " + sum + " = "
                        + loop.lanes().broadcast(fold(reduce).neutral()) + ";");
        return sum;
    }

    private static void fold(VectorCode row, Stmt.Define reduce, String sum) {
        String value = row.of(program(reduce));
        row.out()
                .line(sum + " = "
                        + fold(reduce).vectors(sum, value, reduction(reduce).ignoresNaN()) + ";");
    }

    private static TileExpr.Reduce reduction(Stmt.Define reduce) {
        return (TileExpr.Reduce) reduce.value();
    }

    private static Fold fold(Stmt.Define reduce) {
        TileExpr.Reduce r = reduction(reduce);
        return new Fold(r.kind(), r.program().type());
    }
}
