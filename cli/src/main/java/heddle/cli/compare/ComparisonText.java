package heddle.cli.compare;

import heddle.cli.compare.AttentionDifference.Pair;
import heddle.cli.compare.ComparedReport.Attention;
import heddle.cli.report.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes a comparison for people to read: what is worse and why comes first. */
public final class ComparisonText {
    /** Nodes, layers and lines of source that are listed one by one. */
    private static final int MOST = 30;

    private final Comparison comparison;
    private final StringBuilder text = new StringBuilder();

    private ComparisonText(Comparison comparison) {
        this.comparison = comparison;
    }

    /** The whole text. */
    public static String of(Comparison comparison, Comparison.Verdicts verdicts) {
        ComparisonText all = new ComparisonText(comparison);
        all.sides();
        all.line(comparison.verdict());
        all.attentions();
        all.sources();
        all.measures();
        if (!comparison.isEmpty()) {
            all.graph("graph as written", comparison.written());
            all.graph("optimised graph", comparison.optimised());
            all.layers();
        }
        all.limits(verdicts);
        return all.text.toString();
    }

    private void line(String line) {
        text.append(line.stripTrailing()).append('\n');
    }

    private void sides() {
        int width = Math.max(
                comparison.a().called().length(), comparison.b().called().length());
        boolean versions = !version(comparison.a()).equals(version(comparison.b()));
        line("A  " + side(comparison.a(), width, versions));
        line("B  " + side(comparison.b(), width, versions));
        if (!comparison.sameLengths()) {
            line("The lengths differ, so types and attributes of nodes are not compared.");
        }
        line("");
    }

    private static String side(ComparedReport report, int width, boolean versions) {
        Fields head = report.head();
        List<String> facts = new ArrayList<>();
        facts.add(head.text("model"));
        report.lengths().forEach((name, length) -> facts.add(name + "=" + length));
        facts.add(head.text("target"));
        if (versions) {
            facts.add("Heddle " + version(report));
        }
        return report.called() + " ".repeat(width - report.called().length() + 2) + String.join(", ", facts);
    }

    private static String version(ComparedReport report) {
        return report.head().text("heddle");
    }

    private void attentions() {
        AttentionDifference all = comparison.attentions();
        listed(all.lost(), "lost");
        listed(all.gained(), "gained");
        List<Pair> fresh =
                all.declined().stream().filter(p -> p.before().isEmpty()).toList();
        listed(fresh, "new, not fused");
        List<Pair> gone = all.declined().stream().filter(p -> p.now().isEmpty()).toList();
        listed(gone, "gone, was not fused");
        List<Pair> stay = all.declined().stream()
                .filter(p -> p.before().isPresent() && p.now().isPresent())
                .toList();
        if (!stay.isEmpty()) {
            line("");
            line("not fused in both: " + stay.stream().map(p -> p.any().path()).collect(Collectors.joining(", ")));
        }
    }

    private void listed(List<Pair> pairs, String title) {
        for (Pair pair : pairs) {
            Attention any = pair.any();
            line("");
            line(title + "  " + any.path() + was(pair));
            if (pair.now().isEmpty()) {
                line("  the second model has no attention in its place");
            } else if (!any.fused()) {
                line("  " + any.reason());
                line("  --> " + (any.culprit().isEmpty() ? any.place() : any.culprit()));
                line("  = hint: " + any.remedy());
            }
        }
    }

    private static String was(Pair pair) {
        String before = pair.before().map(Attention::path).orElse("");
        return before.isEmpty() || before.equals(pair.any().path()) ? "" : ", was " + before;
    }

    private void sources() {
        for (SourceDifference file : comparison.sources()) {
            line("");
            line("source  " + file.file() + "  -" + file.removed() + " +" + file.added());
            int left = MOST;
            for (SourceDifference.Hunk hunk : file.hunks()) {
                for (SourceDifference.Line l : hunk.lines()) {
                    if (l.sign() != ' ' && left-- > 0) {
                        line("  " + String.format("%4d", l.sign() == '-' ? l.before() : l.now()) + " " + l.sign() + " "
                                + l.text());
                    }
                }
            }
            if (left < 0) {
                line("  and " + (-left) + " more");
            }
        }
    }

    private void measures() {
        List<Measure> numbers = comparison.measures().stream()
                .filter(m -> m.before().isPresent() || m.now().isPresent())
                .filter(m -> !m.isFormula())
                .toList();
        int name = width(numbers, "", Measure::name);
        int before = width(numbers, "A", m -> m.text(m.before()));
        int now = width(numbers, "B", m -> m.text(m.now()));
        int change = width(numbers, "=", Measure::change);
        line("");
        String row = "%-" + name + "s  %" + before + "s  %" + now + "s  %" + change + "s";
        line(String.format(row, "", "A", "B", ""));
        numbers.forEach(m -> line(String.format(row, m.name(), m.text(m.before()), m.text(m.now()), m.change())));
        formulas(name);
    }

    /** Those that need lengths: no table has room for them. */
    private void formulas(int width) {
        String row = "%-" + width + "s  %s  %s";
        for (Measure m :
                comparison.measures().stream().filter(Measure::isFormula).toList()) {
            line(String.format(row, m.name(), m.isEqual() ? "=" : "A", m.text(m.before())));
            if (!m.isEqual()) {
                line(String.format(row, "", "B", m.text(m.now())));
            }
        }
    }

    private static int width(List<Measure> measures, String title, Function<Measure, String> column) {
        return Math.max(
                title.length(),
                measures.stream().mapToInt(m -> column.apply(m).length()).max().orElse(0));
    }

    private void graph(String title, GraphDifference graph) {
        line("");
        line(title + ": " + Comparison.counts(graph));
        List<String> lines = new ArrayList<>();
        nodes("+", graph.added(), lines);
        nodes("-", graph.removed(), lines);
        graph.changed().forEach(c -> lines.add("~ " + c.now().path() + operation(c.now()) + ": " + c.what()));
        graph.outputs().forEach(o -> lines.add(o.sign() + " output " + o.name()));
        lines.stream().limit(MOST).forEach(l -> line("  " + l));
        if (lines.size() > MOST) {
            line("  and " + (lines.size() - MOST) + " more");
        }
    }

    private static void nodes(String sign, List<ComparedGraph.Node> nodes, List<String> lines) {
        nodes.stream().filter(n -> !n.isPort()).forEach(n -> lines.add(sign + " " + n.path() + operation(n)));
        long ports = nodes.stream().filter(ComparedGraph.Node::isPort).count();
        if (ports > 0) {
            lines.add(sign + " " + Sizes.counted(ports, "weight or constant", "weights and constants"));
        }
    }

    /** The operation of a node whose path does not name it. */
    private static String operation(ComparedGraph.Node node) {
        String last = node.path().substring(node.path().lastIndexOf(':') + 1);
        return last.startsWith(node.op()) ? "" : " (" + node.op() + ")";
    }

    private void layers() {
        if (!comparison.layers().equal().isEmpty()
                || !comparison.layers().other().isEmpty()) {
            line("");
            line("layers equal: " + listed(comparison.layers().equal()));
            if (!comparison.layers().other().isEmpty()) {
                line("layers that differ: " + listed(comparison.layers().other()));
            }
        }
    }

    private static String listed(List<String> paths) {
        if (paths.isEmpty()) {
            return "none";
        }
        String first = paths.stream().limit(MOST).collect(Collectors.joining(", "));
        return paths.size() + " (" + first + (paths.size() > MOST ? ", …" : "") + ")";
    }

    private void limits(Comparison.Verdicts verdicts) {
        if (verdicts.all().isEmpty()) {
            return;
        }
        line("");
        int width = verdicts.all().stream()
                .mapToInt(v -> v.limit().text().length())
                .max()
                .orElse(0);
        verdicts.all()
                .forEach(v -> line((v.isMet() ? "met     " : "failed  ")
                        + String.format("%-" + width + "s", v.limit().text()) + "  " + v.why()));
    }
}
