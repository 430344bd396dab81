package heddle.compiler.scheduled;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarText;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A scheduled kernel as text, one action a line: what {@code --emit actions} prints.
 *
 * <pre>
 * actions of softmax#1:
 *   tile scoreTile[j, i 32]
 *   blocks of 128 j in whole by mask j &lt;= i:
 *     scoreTile = t_k in place · qTile over d; registers 8 (or 1) rows x 2
 *     …
 * </pre>
 */
public final class ActionListing {
    private static final String INDENT = "  ";

    private final StringBuilder text = new StringBuilder();

    private ActionListing() {}

    public static String of(ScheduledKernel kernel) {
        ActionListing listing = new ActionListing();
        listing.line(0, "actions of " + kernel.kernel().name() + ":");
        kernel.tiles().forEach(t -> listing.line(1, "tile " + tile(t)));
        kernel.grid().ifPresent(g -> listing.line(1, "groups of " + g.threads() + " threads"));
        kernel.shared().forEach(a -> listing.line(1, "local " + a.buffer() + "[" + a.elements() + "]"));
        listing.actions(1, kernel.body());
        return listing.text.toString();
    }

    /** {@code score[j, i 32]}: rows along j, 32 elements from one to the next. */
    private static String tile(PlacedTile t) {
        return t.buffer() + "[" + t.row().map(r -> r + ", ").orElse("") + t.lane() + " " + t.width() + "]";
    }

    private void actions(int depth, List<Action> actions) {
        for (Action action : actions) {
            line(depth, head(action) + (action.body().isEmpty() ? "" : ":"));
            actions(depth + 1, action.body());
        }
    }

    /** What an action does itself. */
    private static String head(Action action) {
        return switch (action) {
            case Action.For f -> "for " + f.axis() + " in " + span(f.span()) + ", " + f.level();
            case Action.Let l -> l.variable().name() + " = " + ScalarText.of(l.value());
            case Action.Begin b -> b.result().name() + " = " + kind(b.kind()) + " of nothing, " + b.across();
            case Action.Fold f ->
                f.result().name() + " = " + kind(f.kind()) + "(" + f.result().name() + ", " + ScalarText.of(f.value())
                        + ")" + (f.ignoresNaN() ? ", NaN may be ignored" : "");
            case Action.Exchange e -> "exchange " + e.result().name() + " across " + e.across();
            case Action.Add a -> element(a.to(), a.address()) + combined(a.kind()) + ScalarText.of(a.value());
            case Action.At a -> a.axis() + " = " + ScalarText.of(a.index());
            case Action.Assign a -> a.variable().name() + " = " + ScalarText.of(a.value());
            case Action.When w -> "when " + ScalarText.of(w.condition());
            case Action.Barrier b -> "barrier";
            case Action.Store s -> element(s.to(), s.address()) + " = " + ScalarText.of(s.value());
            case Action.Fill f ->
                f.value() == 0
                        ? "clear " + f.tile().buffer()
                        : "fill " + f.tile().buffer() + " with "
                                + ScalarText.of(new ScalarExpr.Literal(
                                        f.tile().buffer().type().dtype(), f.value()));
            case Action.Method m -> m.result().map(r -> r.name() + " = ").orElse("") + "method " + m.name();
            case Action.Product p -> product(p);
            case Action.Turn t -> name(t.to()) + " = " + name(t.from()) + " turned";
            case Action.Blocks b ->
                "blocks of " + b.size() + " " + b.axis() + " in " + span(b.span())
                        + b.mask()
                                .map(m -> " by mask " + ScalarText.of(m.program()))
                                .orElse("");
            case Action.Checked c ->
                "once without annihilating zeros, again with them if "
                        + c.sums().buffer() + " is not finite";
            case Action.Sparse s ->
                "once without empty blocks, again with them unless "
                        + s.greatest().buffer() + " > " + s.above();
            case Action.Partial p ->
                "in partial " + (p.step().isPresent() ? "steps of " + p.step().getAsInt() + " " + p.axis() : "blocks");
        };
    }

    private static String product(Action.Product p) {
        String zeros = switch (p.zeros()) {
            case NEITHER -> "";
            case LEFT -> ", zeros of " + name(p.left()) + " annihilate";
            case RIGHT -> ", zeros of " + name(p.right()) + " annihilate";
        };
        return p.sums().buffer() + (p.isFresh() ? " = " : " += ") + name(p.left()) + " · " + name(p.right()) + " over "
                + p.over() + zeros + "; " + form(p.form());
    }

    private static String form(ProductForm form) {
        return switch (form) {
            case ProductForm.Blocks b ->
                "registers " + registers(b.registers())
                        + b.slice().map(s -> ", slices of " + s.terms()).orElse("")
                        + b.fetch()
                                .map(f -> ", fetched for " + f.rows() + " rows and more")
                                .orElse("")
                        + b.prefetch()
                                .map(f -> ", slices of " + f.terms() + " prefetched for " + f.rows() + " rows and more")
                                .orElse("");
            case ProductForm.FewRows few -> {
                String blocks = few.hasLanesAlongSum() ? "%d x %d rows" : "%d rows x %d";
                yield few.blocks().stream()
                        .map(b -> blocks.formatted(b.rows(), b.others()))
                        .distinct()
                        .collect(Collectors.joining(
                                ", ", "registers ", few.isShared() ? ", chunks of " + few.chunk() : ""));
            }
        };
    }

    /** The rows with as many vectors together. */
    private static String registers(RegisterBlock block) {
        String separator = block.overlaps() ? " or " : ", ";
        return block.byVectors().stream()
                .map(steps -> steps.stream().map(s -> String.valueOf(s.rows())).collect(Collectors.joining(separator))
                        + " rows x " + steps.getFirst().vectors())
                .collect(Collectors.joining(separator));
    }

    private static String name(Action.Operand operand) {
        return switch (operand) {
            case Action.Operand.Placed p -> p.tile().buffer().toString();
            case Action.Operand.InPlace in -> in.block().buffer() + " in place";
            case Action.Operand.Scaled s ->
                s.block().held().buffer() + " in place, scaled by " + s.block().scales();
        };
    }

    private static String element(Buffer buffer, ScalarExpr address) {
        return buffer + "[" + ScalarText.of(address) + "]";
    }

    private static String span(Span span) {
        return switch (span) {
            case Span.Steps s -> ScalarText.of(s.from()) + ".." + ScalarText.of(s.to()) + " by " + s.step();
            case Span.Between b -> ScalarText.of(b.from()) + ".." + ScalarText.of(b.to());
            default -> span.toString();
        };
    }

    private static String kind(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private void line(int depth, String line) {
        text.append(INDENT.repeat(depth)).append(line).append('\n');
    }

    private static String combined(Reduction kind) {
        return " " + (kind == Reduction.SUM ? "+" : kind(kind)) + "= ";
    }
}
