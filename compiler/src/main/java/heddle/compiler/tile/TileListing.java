package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.stream.Collectors;

/** A tile program as text, one statement a line: what {@code --emit tiles} prints. */
public final class TileListing {
    private static final String INDENT = "  ";

    private final TileKernel kernel;
    private final StringBuilder text = new StringBuilder();

    private TileListing(TileKernel kernel) {
        this.kernel = kernel;
    }

    public static String of(TileKernel kernel) {
        TileListing listing = new TileListing(kernel);
        listing.write();
        return listing.text.toString();
    }

    private void write() {
        kernel.comments().forEach(comment -> line(0, "# " + comment));
        String plan = kernel.plan().blocks().isEmpty() ? "" : INDENT + "# plan: " + kernel.plan();
        line(
                0,
                "kernel " + kernel.name() + "(" + names(kernel.reads()) + ") -> " + names(kernel.writes()) + ":"
                        + plan);
        line(1, "parallel " + kernel.parallel().stream().map(this::range).collect(Collectors.joining(", ")) + ":");
        statements(2, kernel.body());
    }

    private void statements(int depth, List<Stmt> body) {
        body.forEach(s -> statement(depth, s));
    }

    private void statement(int depth, Stmt statement) {
        switch (statement) {
            case Stmt.Define d -> line(depth, declaration(d.tile()) + " = " + value(d.value()));
            case Stmt.Update u -> line(depth, u.tile() + " = " + value(u.value()));
            case Stmt.Accumulate a -> line(depth, a.tile() + " += " + value(a.value()));
            case Stmt.Store s ->
                line(depth, "store " + s.buffer() + "[" + infix(s.address()) + "] = " + infix(s.value()));
            case Stmt.Masked m -> {
                line(depth, "in partial blocks:");
                statements(depth + 1, m.body());
            }
            case Stmt.Loop l -> {
                String mask = l.mask().map(TileListing::blocks).orElse("");
                line(depth, "for " + range(l.axis()) + mask + ":");
                statements(depth + 1, l.body());
            }
        }
    }

    private static String blocks(LoopMask mask) {
        String tables = mask.tables().isEmpty() ? "" : " by table " + names(mask.tables());
        return " by mask " + infix(mask.program()) + tables;
    }

    private static String declaration(Tile tile) {
        String space = tile.space().name().toLowerCase(java.util.Locale.ROOT);
        return space + " " + tile + "[" + names(tile.axes()) + "]";
    }

    private static String value(TileExpr value) {
        return switch (value) {
            case TileExpr.Map m -> infix(m.program());
            case TileExpr.Dot d -> "dot(" + d.a() + ", " + d.b() + ") over " + d.over() + zeros(d);
            case TileExpr.Reduce r ->
                r.kind().name().toLowerCase(java.util.Locale.ROOT) + "(" + infix(r.program()) + ") over " + r.over();
        };
    }

    private static String zeros(TileExpr.Dot dot) {
        return switch (dot.zeros()) {
            case NEITHER -> "";
            case LEFT -> ", zeros of " + dot.a() + " annihilate";
            case RIGHT -> ", zeros of " + dot.b() + " annihilate";
        };
    }

    /** {@code i in blocks(N, 32)}, or the name alone when its blocks are single indexes. */
    private String range(Axis axis) {
        int size = kernel.plan().block(axis);
        Dim extent = axis.extent();
        return size == 1 ? axis + " in " + extent : axis + " in blocks(" + extent + ", " + size + ")";
    }

    private static String infix(ScalarExpr e) {
        return ScalarText.of(e);
    }

    private static String names(List<?> things) {
        return things.stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    private void line(int depth, String line) {
        text.append(INDENT.repeat(depth)).append(line).append('\n');
    }
}
