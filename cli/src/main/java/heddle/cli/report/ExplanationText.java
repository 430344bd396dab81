package heddle.cli.report;

import heddle.compiler.explain.Explanation;
import heddle.compiler.explain.FusedExplanation;
import heddle.compiler.explain.TileLayout;
import heddle.compiler.ir.Node;
import heddle.compiler.report.CapturedPart;
import heddle.compiler.report.FusionReport;
import heddle.compiler.tile.BlockCount;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.type.Amount;
import heddle.dsl.diagnostic.DiagnosticRenderer;
import heddle.dsl.diagnostic.Label;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes an explanation for people to read, in 100 columns as far as paths allow. Attentions that are alike are printed
 * once.
 */
public final class ExplanationText {
    private static final String GAP = "  ";
    private static final int SHORTEST_EXCERPT = 30;

    private final FusedExplanation fused;
    private final HeadedLines lines = new HeadedLines();

    private ExplanationText(FusedExplanation fused) {
        this.fused = fused;
    }

    /** @param nothing what to say where there is nothing to explain */
    public static String of(Explanation explanation, String nothing) {
        return of(explanation, nothing, Optional.empty());
    }

    /** The same with the nodes of the ONNX file that the model was imported from. */
    public static String of(Explanation explanation, String nothing, Optional<OnnxOrigin> origin) {
        if (explanation.report().isEmpty()) {
            return nothing + "\n";
        }
        Map<String, List<FusedExplanation>> alike = new LinkedHashMap<>();
        for (FusedExplanation one : explanation.fused()) {
            alike.computeIfAbsent(new ExplanationText(one).body(), b -> new ArrayList<>())
                    .add(one);
        }
        StringBuilder text = new StringBuilder();
        alike.forEach((body, all) -> text.append(heading(all))
                .append(body)
                .append(origin.map(o -> nodes(all, o)).orElse(""))
                .append('\n'));
        explanation
                .declined()
                .forEach(d -> text.append(declined(d))
                        .append(origin.map(o -> atExporter(d, o)).orElse(""))
                        .append('\n'));
        return text.append(explanation.summary()).append('\n').toString();
    }

    /** {@code fused layer.0/attention:softmax#1, and 5 alike: layer.1/attention:softmax#1, …}. */
    private static String heading(List<FusedExplanation> alike) {
        String first = "fused " + alike.getFirst().node().path();
        if (alike.size() == 1) {
            return first + "\n";
        }
        String others = alike.stream().skip(1).map(one -> one.node().path()).collect(Collectors.joining(", "));
        return HeadedLines.wrapped(first + ", and " + (alike.size() - 1) + " alike: " + others, "  ");
    }

    /** The nodes of attentions that are alike. */
    private static String nodes(List<FusedExplanation> alike, OnnxOrigin origin) {
        HeadedLines lines = new HeadedLines();
        lines.section("onnx nodes");
        OnnxOrigin.together(alike.stream()
                        .flatMap(fused -> origin.nodes(fused).stream())
                        .toList())
                .forEach(lines::line);
        return lines.toString();
    }

    /** Which nodes a declined attention stands for, and what the exporter of the file can do about it. */
    private static String atExporter(FusionReport.Declined declined, OnnxOrigin origin) {
        String nodes = String.join(", ", OnnxOrigin.together(origin.nodes(declined)));
        return (nodes.isEmpty() ? "" : HeadedLines.wrapped("  = onnx nodes: " + nodes, "    "))
                + ExporterRemedy.of(declined)
                        .map(remedy -> HeadedLines.wrapped("  = exporter: " + remedy, "    "))
                        .orElse("");
    }

    private String body() {
        source();
        lines.section("program");
        fused.programs().forEach(lines::add);
        tiles();
        cost();
        return lines.toString();
    }

    /** Excerpts stand beside their places when that leaves them room, else below. */
    private void source() {
        lines.section("source");
        int places = fused.parts().stream()
                .mapToInt(part -> place(part).length())
                .max()
                .orElse(0);
        int room = HeadedLines.CONTENT - places - GAP.length();
        for (CapturedPart part : fused.parts()) {
            String role = part.role().toString();
            String place = place(part);
            if (room < SHORTEST_EXCERPT) {
                lines.add(role, place);
                lines.add("", part.excerpt(HeadedLines.CONTENT));
            } else {
                lines.add(role, place + " ".repeat(places - place.length()) + GAP + part.excerpt(room));
            }
        }
    }

    private static String place(CapturedPart part) {
        return part.span().map(Span::toString).orElse("-");
    }

    private void tiles() {
        TileLayout layout = fused.tiles();
        lines.section("tiles");
        lines.add(
                "blocks",
                Sizes.counted(layout.blockQ(), "query", "queries") + ", " + Sizes.counted(layout.blockKv(), "key"));
        lines.add("read in place", tiles(TilePlace.IN_PLACE));
        lines.add("local", tiles(TilePlace.LOCAL));
        lines.add("registers", tiles(TilePlace.REGISTER));
        fused.blocks().ifPresent(count -> lines.add("visited", visited(count)));
        fused.fill()
                .ifPresent(f -> lines.add(
                        "finite fill",
                        (float) f.value() + " is a number: "
                                + (f.above().isPresent()
                                        ? "blocks are skipped for rows with a score above "
                                                + (float) f.above().getAsDouble()
                                        : "-inf in its place would skip " + Sizes.counted(f.skipped(), "block")
                                                + " more")));
        fused.tables().forEach(table -> lines.add("skipped by", table));
    }

    private String tiles(TilePlace place) {
        return fused.tiles().tiles().stream()
                .filter(t -> t.place() == place)
                .map(TileLayout.Placed::toString)
                .collect(Collectors.joining(", "));
    }

    private static String visited(BlockCount count) {
        String share = count.total() == 0
                ? ""
                : String.format(Locale.ROOT, " (%.1f %%)", 100.0 * count.visited() / count.total());
        return (count.isKnown() ? "" : "at most ") + count.visited() + " of " + Sizes.counted(count.total(), "block")
                + share + ": "
                + count.empty() + " skipped, " + count.full() + " full, " + count.partial() + " partial"
                + (count.isKnown() ? "" : ", " + count.open() + " known at run time");
    }

    private void cost() {
        lines.section("cost");
        lines.add(
                "kernels",
                compared(
                        "" + fused.fusedWork().kernels(),
                        "" + fused.unfusedWork().kernels()));
        lines.add(
                "bytes",
                compared(
                        Sizes.text(fused.fusedWork().bytes()),
                        Sizes.text(fused.unfusedWork().bytes())));
        lines.add(
                "flops",
                compared(
                        Sizes.count(fused.fusedWork().flops()),
                        Sizes.count(fused.unfusedWork().flops())));
        lines.add("never stored", fused.scores() + (fused.scores().equals(Amount.of(1)) ? " score" : " scores"));
    }

    private static String compared(String fused, String unfused) {
        return fused + ", unfused " + unfused;
    }

    /** The place in the way, underlined, with the reason and the remedy. */
    private static String declined(FusionReport.Declined declined) {
        Optional<Label> at = span(declined.at()).map(s -> new Label(s, ""));
        List<Label> softmax = span(declined.normaliser())
                .filter(s -> !at.map(Label::span).equals(Optional.of(s)))
                .map(s -> new Label(s, "the softmax"))
                .stream()
                .toList();
        String heading = switch (declined.kind()) {
            case IN_THE_WAY -> "not fused ";
            case ONE_KEY -> "nothing to fuse ";
            case NO_SOFTMAX -> "not softmax attention ";
        };
        return heading + declined.normaliser().path() + ": " + declined.reason() + "\n"
                + new DiagnosticRenderer(false).excerpt(at, softmax, Optional.of(declined.remedy()));
    }

    private static Optional<Span> span(Node node) {
        return node.origin().spans().stream().findFirst();
    }
}
