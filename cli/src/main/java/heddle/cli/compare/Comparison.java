package heddle.cli.compare;

import heddle.cli.report.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What differs between two reports.
 *
 * @param sameLengths whether both are for the same lengths; types and attributes are looked at only then
 * @param written     the graphs as they are written
 * @param optimised   the graphs after all passes
 * @param measures    the numbers of both
 * @param sources     the lines that differ
 * @param layers      the iterations of loops that are equal, and those that are not
 */
public record Comparison(
        ComparedReport a,
        ComparedReport b,
        boolean sameLengths,
        GraphDifference written,
        GraphDifference optimised,
        AttentionDifference attentions,
        List<Measure> measures,
        List<SourceDifference> sources,
        Layers layers) {
    /** Compares two reports. */
    public static Comparison of(ComparedReport a, ComparedReport b) {
        boolean same = a.lengths().equals(b.lengths());
        ComparedGraph optimisedA = a.graph(a.last(), same);
        ComparedGraph optimisedB = b.graph(b.last(), same);
        GraphDifference written = GraphDifference.of(a.graph(0, same), b.graph(0, same));
        GraphDifference optimised = GraphDifference.of(optimisedA, optimisedB);
        return new Comparison(
                a,
                b,
                same,
                written,
                optimised,
                AttentionDifference.of(a.attentions(), b.attentions(), written.pairs(), optimised.pairs()),
                measures(a, b, optimisedA, optimisedB),
                SourceDifference.of(a.sources(), b.sources()),
                Layers.of(a, b, optimisedA, optimisedB, optimised));
    }

    private static List<Measure> measures(
            ComparedReport a, ComparedReport b, ComparedGraph optimisedA, ComparedGraph optimisedB) {
        List<Measure> all = new ArrayList<>();
        all.add(new Measure(
                "fused", Measure.Unit.COUNT, a.head().amount("fused"), b.head().amount("fused")));
        all.add(new Measure(
                "attentions",
                Measure.Unit.COUNT,
                a.head().amount("total"),
                b.head().amount("total")));
        all.add(work("kernels", Measure.Unit.COUNT, a, b));
        all.add(work("peak", Measure.Unit.BYTES, a, b));
        all.add(work("bytes", Measure.Unit.BYTES, a, b));
        all.add(work("flops", Measure.Unit.OPERATIONS, a, b));
        all.add(new Measure(
                "time",
                Measure.Unit.NANOSECONDS,
                a.head().amount("nanos"),
                b.head().amount("nanos")));
        all.add(count("nodes", optimisedA.nodes().size(), optimisedB.nodes().size()));
        all.add(count("weights", a.weights(optimisedA), b.weights(optimisedB)));
        return all;
    }

    private static Measure work(String name, Measure.Unit unit, ComparedReport a, ComparedReport b) {
        return new Measure(name, unit, a.work(name), b.work(name));
    }

    private static Measure count(String name, long a, long b) {
        return new Measure(name, Measure.Unit.COUNT, Optional.of(a), Optional.of(b));
    }

    /** Whether nothing that the compiler made differs; a measured time is no difference. */
    public boolean isEmpty() {
        return written.isEmpty()
                && optimised.isEmpty()
                && attentions.lost().isEmpty()
                && attentions.gained().isEmpty()
                && measures.stream().allMatch(m -> m.name().equals("time") || m.isEqual());
    }

    /** {@code 18 added, 1 removed, 392 equal}. */
    static String counts(GraphDifference graph) {
        List<String> counts = new ArrayList<>();
        add(counts, graph.added().size(), "added");
        add(counts, graph.removed().size(), "removed");
        add(counts, graph.changed().size(), "changed");
        counts.add(graph.equal() + " equal");
        if (graph.renamed() > 0) {
            counts.add(graph.renamed() + " of them renamed");
        }
        return String.join(", ", counts);
    }

    private static void add(List<String> counts, int count, String what) {
        if (count > 0) {
            counts.add(count + " " + what);
        }
    }

    /** What is to be said first. */
    String verdict() {
        List<String> said = new ArrayList<>();
        say(said, count(attentions.lost(), true), "is no longer fused", "are no longer fused");
        say(said, count(attentions.lost(), false), "that was fused is gone", "that were fused are gone");
        say(said, count(attentions.gained(), true), "is fused that was not", "are fused that were not");
        say(said, count(attentions.gained(), false), "is new, and fused", "are new, and fused");
        if (!said.isEmpty()) {
            return String.join(", ", said);
        }
        if (isEmpty()) {
            int renamed = written.renamed();
            return "No difference: " + written.equal() + " nodes as written are equal, "
                    + (renamed == 0 ? "none" : renamed) + " of them renamed";
        }
        return "Fused as before: " + attentions.kept().size() + " of "
                + measures.get(1).text(b.head().amount("total"));
    }

    /** How many attentions both reports have, or only one of them. */
    private static int count(List<AttentionDifference.Pair> pairs, boolean inBoth) {
        return (int) pairs.stream()
                .filter(p -> (p.before().isPresent() && p.now().isPresent()) == inBoth)
                .count();
    }

    private static void say(List<String> said, int count, String one, String more) {
        if (count > 0) {
            String noun = said.isEmpty() ? Sizes.counted(count, "attention") : Integer.toString(count);
            said.add(noun + " " + (count == 1 ? one : more));
        }
    }

    /** Checks limits. */
    public Verdicts check(List<Limit> limits) {
        if (!limits.isEmpty() && !sameLengths) {
            throw new Limit.Wrong("the two sides have other lengths, " + a.lengths() + " and " + b.lengths()
                    + ", so nothing is to be held against a limit");
        }
        return new Verdicts(limits.stream().map(l -> l.check(this)).toList());
    }

    /** What became of all limits. */
    public record Verdicts(List<Limit.Checked> all) {
        public boolean areMet() {
            return all.stream().allMatch(Limit.Checked::isMet);
        }
    }
}
