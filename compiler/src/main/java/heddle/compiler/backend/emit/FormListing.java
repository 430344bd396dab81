package heddle.compiler.backend.emit;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ValueNumbers;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Lists statements so that equal lists mean equal computations. An expression is listed once, and then referred to by
 * number.
 */
final class FormListing {
    private final TileKernel kernel;
    private final StringBuilder text = new StringBuilder();
    private final SequencedMap<Buffer, Integer> buffers = new LinkedHashMap<>();
    private final ValueNumbers numbers = new ValueNumbers();
    private final Set<Integer> listed = new HashSet<>();

    FormListing(TileKernel kernel) {
        this.kernel = kernel;
    }

    List<Buffer> buffers() {
        return new ArrayList<>(buffers.keySet());
    }

    FormListing add(Object part) {
        text.append(part).append('\n');
        return this;
    }

    FormListing axes(List<Axis> axes) {
        axes.forEach(a -> add(a.name() + " < " + a.extent()));
        return this;
    }

    FormListing body(List<TileStmt> body) {
        body.forEach(this::stmt);
        return add("end");
    }

    private void stmt(TileStmt stmt) {
        add(stmt.getClass().getSimpleName());
        switch (stmt) {
            case TileStmt.Define d -> tile(d.tile()).value(d.value());
            case TileStmt.Update u -> tile(u.tile()).value(u.value());
            case TileStmt.Accumulate a -> tile(a.tile()).value(a.value());
            case TileStmt.Loop l -> {
                axes(List.of(l.axis()));
                add(l.mode().getClass().getSimpleName());
                scalar(l.bounds().from()).scalar(l.bounds().to());
                l.mask().ifPresent(mask -> {
                    scalar(mask.program());
                    mask.fill().ifPresent(f -> tile(f.greatest()).add(f.above()));
                    kernel.schedule()
                            .tables()
                            .forEach(t -> scalar(t.part())
                                    .axes(t.axes())
                                    .add(t.blocks())
                                    .buffer(t.buffer()));
                });
                body(l.body());
            }
            case TileStmt.Masked m -> body(m.body());
            case TileStmt.Store s ->
                buffer(s.buffer()).axes(s.axes()).scalar(s.address()).scalar(s.value());
            case TileStmt.AddTo a ->
                add(a.kind().name())
                        .buffer(a.buffer())
                        .axes(a.axes())
                        .scalar(a.address())
                        .scalar(a.value());
        }
    }

    private FormListing tile(Tile tile) {
        return add(tile.name() + " " + tile.type() + " " + kernel.schedule().place(tile))
                .axes(tile.axes());
    }

    private FormListing buffer(Buffer buffer) {
        int number = buffers.computeIfAbsent(buffer, b -> buffers.size());
        return add("buffer " + number + " " + buffer.type().dtype() + " in " + buffer.stored());
    }

    private void value(TileExpr e) {
        switch (e) {
            case TileExpr.Map m -> scalar(m.program());
            case TileExpr.Reduce r ->
                add(r.kind()).add(r.ignoresNaN()).axes(List.of(r.over())).scalar(r.program());
            case TileExpr.Dot d ->
                tile(d.a()).tile(d.b()).axes(List.of(d.over())).add(d.zeros());
        }
    }

    private FormListing scalar(ScalarExpr program) {
        ScalarExprs.visit(program, e -> {
            if (listed.add(numbers.of(e))) {
                list(e);
            }
        });
        return add("value " + numbers.of(program));
    }

    private void list(ScalarExpr e) {
        add("number " + numbers.of(e) + " " + e.type());
        switch (e) {
            case Element x -> buffer(x.buffer()).add(numbers.of(x.address()));
            case Apply a -> add(a.fn()).add(a.args().stream().map(numbers::of).toList());
            case ScalarExpr.Index i -> axes(List.of(i.axis()));
            default -> add(e);
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
