package heddle.cli.compare;

import heddle.cli.page.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;

/**
 * One of two reports to compare.
 *
 * @param called   how the user calls it: a file, and the options that it is compiled with
 * @param sections by name
 */
public record ComparedReport(String called, SequencedMap<String, Object> sections) {
    /**
     * An attention of a model.
     *
     * @param fused   whether it is one kernel
     * @param id      the number of its node: the fused one, or the softmax that stays
     * @param path    of that node
     * @param scope   the calls that it stands in
     * @param place   its softmax in the source, {@code file:line:column}
     * @param woven   the numbers of the nodes as written that went into it, as far as they are told
     * @param reason  why it is not fused; empty when it is
     * @param remedy  what to write instead; empty when it is fused
     * @param culprit the place of what is in the way; empty when it is fused
     * @param at      the node that is in the way; -1 when there is none
     */
    record Attention(
            boolean fused,
            int id,
            String path,
            String scope,
            String place,
            List<Integer> woven,
            String reason,
            String remedy,
            String culprit,
            int at) {}

    /** A file of the model. */
    record Source(String name, List<String> lines) {}

    /**
     * Checks what a file holds.
     *
     * @throws Fields.Damaged when it is of another schema, or lacks a section that a comparison reads
     */
    static ComparedReport of(String called, Map<String, Object> sections) {
        SequencedMap<String, Object> kept = new LinkedHashMap<>();
        // The page takes names of sections for ids of elements.
        sections.forEach((name, section) -> {
            if (name.matches("[a-z]+([.-][a-z]+)*")) {
                kept.put(name, section);
            }
        });
        Fields head = Fields.of("the file", kept).object(Report.HEAD);
        String schema = head.text("schema");
        if (!schema.equals(Report.SCHEMA)) {
            throw new Fields.Damaged(
                    schema.isEmpty()
                            ? "head names no schema"
                            : "its schema is " + schema + ", and this version reads " + Report.SCHEMA);
        }
        for (String section : List.of("graph", "attention", "source", "decisions", "plan")) {
            if (!kept.containsKey(section)) {
                throw new Fields.Damaged("it has no section " + section);
            }
        }
        List.of("fused", "total", "declined").forEach(head::whole);
        List.of("work", "unfused", "lengths").forEach(head::object);
        return new ComparedReport(called, kept);
    }

    /** The report on a compiled model. */
    public static ComparedReport of(String called, Report report) {
        return new ComparedReport(called, report.sections());
    }

    Fields section(String name) {
        return Fields.of(name, sections.get(name));
    }

    Fields head() {
        return section(Report.HEAD);
    }

    /** The lengths that are known, by name. */
    public Map<String, Long> lengths() {
        Map<String, Long> lengths = new LinkedHashMap<>();
        head().object("lengths").values().forEach((name, length) -> {
            if (!(length instanceof Number number)) {
                throw new Fields.Damaged("head.lengths." + name + " is no number");
            }
            lengths.put(String.valueOf(name), number.longValue());
        });
        return lengths;
    }

    /** The number of the last stage. */
    int last() {
        return section("graph").list("stages").size() - 1;
    }

    ComparedGraph graph(int stage, boolean withTypes) {
        return ComparedGraph.read(section("graph"), stage, withTypes);
    }

    List<Attention> attentions() {
        List<Attention> all = new ArrayList<>();
        for (Fields f : section("attention").objects("fused")) {
            all.add(new Attention(
                    true,
                    f.whole("id"),
                    f.text("node"),
                    f.text("scope"),
                    f.text("place"),
                    f.numbers("woven"),
                    "",
                    "",
                    "",
                    -1));
        }
        for (Fields d : section("attention").objects("declined")) {
            all.add(new Attention(
                    false,
                    d.whole("id"),
                    d.text("node"),
                    d.text("scope"),
                    d.text("place"),
                    List.of(d.whole("id")),
                    d.text("reason"),
                    d.text("remedy"),
                    d.text("inTheWay"),
                    d.whole("atNode")));
        }
        return all;
    }

    List<Source> sources() {
        return section("source").objects("files").stream()
                .map(f -> new Source(f.text("name"), List.of(f.text("text").split("\n", -1))))
                .toList();
    }

    /** How many weights the optimised graph reads, each name once. */
    int weights(ComparedGraph optimised) {
        TreeSet<String> names = new TreeSet<>();
        optimised.nodes().stream().filter(n -> n.kind().equals("weight")).forEach(n -> names.add(n.name()));
        return names.size();
    }

    /** A part of the work of a run; empty where it is not known. */
    Optional<Object> work(String what) {
        return head().object("work").amount(what);
    }

    /** The paths of loop iterations that are in no other, with the numbers of their scopes. */
    Map<Integer, String> iterations() {
        List<Fields> scopes = section("graph").objects("scopes");
        Map<Integer, String> iterations = new LinkedHashMap<>();
        boolean[] inside = new boolean[scopes.size()];
        for (int s = 0; s < scopes.size(); s++) {
            int parent = scopes.get(s).whole("parent");
            boolean iteration = scopes.get(s).text("name").matches(".*\\.\\d+");
            boolean within = parent >= 0 && parent < s && inside[parent];
            inside[s] = within || iteration;
            if (iteration && !within) {
                iterations.put(s, scopes.get(s).text("path"));
            }
        }
        return iterations;
    }

    /** The iteration that each scope is in, by number of the scope; -1 for none. */
    int[] iterationOf() {
        List<Fields> scopes = section("graph").objects("scopes");
        Map<Integer, String> iterations = iterations();
        int[] of = new int[scopes.size()];
        for (int s = 0; s < of.length; s++) {
            int parent = scopes.get(s).whole("parent");
            of[s] = iterations.containsKey(s) ? s : parent >= 0 && parent < s ? of[parent] : -1;
        }
        return of;
    }
}
