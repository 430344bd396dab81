package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A tile program as text, one statement a line: what {@code --emit tiles} prints.
 *
 * <pre>
 * contraction(x, w) -> y:
 *   parallel n &lt; N, m &lt; M:
 *     sum[m, n] = 0.0
 *     for k &lt; K partial(sum from 0.0):
 *       left[m, k] = x[…]
 *       right[n, k] = w[…]
 *       sum += dot(left, right) over k
 *     merge k:
 *       sum = sum + sumPart
 *     store y[…] = sum
 * </pre>
 */
public final class ProgramListing {
    private static final String INDENT = "  ";

    private final List<Line> lines = new ArrayList<>();

    /** What is being written. */
    private Optional<TileStmt> current = Optional.empty();

    private ProgramListing() {}

    public static String of(TileProgram program) {
        ProgramListing listing = new ProgramListing();
        listing.write(program);
        return listing.lines.stream().map(line -> line.text() + "\n").collect(Collectors.joining());
    }

    /** The lines, each with the statement that it writes or begins; {@code merge} that which follows it. */
    public static List<Line> lines(TileProgram program) {
        ProgramListing listing = new ProgramListing();
        listing.write(program);
        return List.copyOf(listing.lines);
    }

    /**
     * A line of a listing.
     *
     * @param statement absent for comments, and where a kernel begins
     */
    public record Line(String text, Optional<TileStmt> statement) {}

    private void write(TileProgram program) {
        program.comments().forEach(comment -> line(0, "# " + comment));
        line(
                0,
                program.label() + " " + program.name() + "(" + names(program.reads()) + ") -> "
                        + names(program.writes()) + ":");
        List<TileStmt.Loop> parallel = program.parallel();
        if (parallel.isEmpty()) {
            statements(1, program.body());
        } else {
            line(1, "parallel " + parallel.stream().map(ProgramListing::range).collect(Collectors.joining(", ")) + ":");
            statements(2, program.inner());
        }
    }

    private void statements(int depth, List<TileStmt> body) {
        body.forEach(s -> statement(depth, s));
    }

    private void statement(int depth, TileStmt statement) {
        current = Optional.of(statement);
        switch (statement) {
            case TileStmt.Define d ->
                line(depth, d.tile() + "[" + names(d.tile().axes()) + "] = " + value(d.value()));
            case TileStmt.Update u -> line(depth, u.tile() + " = " + value(u.value()));
            case TileStmt.Accumulate a -> line(depth, a.tile() + " += " + value(a.value()));
            case TileStmt.Store s ->
                line(depth, "store " + s.buffer() + "[" + infix(s.address()) + "] = " + infix(s.value()));
            case TileStmt.AddTo a ->
                line(
                        depth,
                        (a.kind() == Reduction.SUM ? "add to " : "combine ") + a.buffer() + "[" + infix(a.address())
                                + "] "
                                + (a.kind() == Reduction.SUM
                                        ? ""
                                        : a.kind().name().toLowerCase(Locale.ROOT)) + "= " + infix(a.value()));
            case TileStmt.Masked m -> {
                line(depth, "masked " + m.loop() + ":");
                statements(depth + 1, m.body());
            }
            case TileStmt.Loop l -> loop(depth, l);
        }
    }

    private String mask(LoopMask mask) {
        return " by mask " + infix(mask.program())
                + mask.fill()
                        .map(f -> " where " + f.greatest() + " > " + f.above())
                        .orElse("");
    }

    private void loop(int depth, TileStmt.Loop loop) {
        String mask = loop.mask().map(this::mask).orElse("");
        line(depth, word(loop.mode()) + " " + range(loop) + mode(loop.mode()) + mask + ":");
        statements(depth + 1, loop.body());
        if (loop.mode() instanceof LoopMode.Partial partial) {
            current = partial.merge().stream().findFirst();
            line(depth, "merge " + loop.id() + ":");
            statements(depth + 1, partial.merge());
        }
    }

    private static String word(LoopMode mode) {
        return mode instanceof LoopMode.Parallel ? "parallel" : "for";
    }

    private static String mode(LoopMode mode) {
        return mode instanceof LoopMode.Partial partial
                ? partial.carried().stream()
                        .map(c -> c.tile() + " from " + infix(c.neutral()))
                        .collect(Collectors.joining(", ", " partial(", ")"))
                : "";
    }

    private static String value(TileExpr value) {
        return switch (value) {
            case TileExpr.Map m -> infix(m.program());
            case TileExpr.Dot d -> "dot(" + d.a() + ", " + d.b() + ") over " + d.over() + zeros(d);
            case TileExpr.Reduce r ->
                r.kind().name().toLowerCase(Locale.ROOT) + "(" + infix(r.program()) + ") over " + r.over()
                        + (r.ignoresNaN() ? ", NaN may be ignored" : "");
        };
    }

    private static String zeros(TileExpr.Dot dot) {
        return switch (dot.zeros()) {
            case NEITHER -> "";
            case LEFT -> ", zeros of " + dot.a() + " annihilate";
            case RIGHT -> ", zeros of " + dot.b() + " annihilate";
        };
    }

    /** {@code j < N}, or {@code j in from..to}. */
    private static String range(TileStmt.Loop loop) {
        Axis axis = loop.axis();
        return loop.bounds().areAllOf(axis)
                ? axis + " < " + axis.extent()
                : axis + " in " + infix(loop.bounds().from()) + ".."
                        + infix(loop.bounds().to());
    }

    private static String infix(ScalarExpr e) {
        return ScalarText.of(e);
    }

    private static String names(Iterable<?> things) {
        StringBuilder names = new StringBuilder();
        things.forEach(t -> names.append(names.isEmpty() ? "" : ", ").append(t));
        return names.toString();
    }

    private void line(int depth, String line) {
        lines.add(new Line(INDENT.repeat(depth) + line, current));
    }
}
