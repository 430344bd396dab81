package heddle.cli.page;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The sections of a report by name; {@code docs/report.md} lists their keys. The first is {@code head}, which is read by itself.
 */
public record Report(SequencedMap<String, Object> sections) {
    /** The schema's name and major version. A reader ignores keys that it does not know. */
    public static final String SCHEMA = "heddle.report/1";

    public static final String HEAD = "head";

    /**
     * The report on a compiled model.
     *
     * @param version of Heddle
     */
    public static Report of(Inspected in, String version) {
        return of(in, version, Optional.empty());
    }

    /**
     * The report on a compiled model that was run.
     *
     * @param version of Heddle
     * @param profile its times; empty when it was not run
     */
    public static Report of(Inspected in, String version, Optional<Profile> profile) {
        SequencedMap<String, Object> sections = new LinkedHashMap<>();
        sections.put(HEAD, HeadSection.of(in, version, profile));
        sections.put("graph", GraphSection.of(in));
        sections.put("decisions", DecisionsSection.of(in));
        sections.put("source", SourceSection.of(in));
        sections.put("attention", AttentionSection.of(in));
        sections.put("plan", PlanSection.of(in, profile));
        sections.put("plan-unfused", PlanSection.unfused(in));
        profile.ifPresent(p -> sections.put("profile", p.section()));
        sections.put("tiles", TilesSection.of(in));
        sections.put("java.jvm", JavaSection.jvm(in));
        sections.put("java.tornado", JavaSection.tornado(in));
        return new Report(sections);
    }

    /** This report with one more section. */
    public Report with(String name, Object section) {
        SequencedMap<String, Object> all = new LinkedHashMap<>(sections);
        all.put(name, section);
        return new Report(all);
    }

    /** This report with one more section, whose view the page opens with. */
    public Report startingWith(String view, Object section) {
        Report more = with(view, section);
        Map<String, Object> head = new LinkedHashMap<>(head());
        head.put("view", view);
        return more.with(HEAD, head);
    }

    /** All sections as one JSON object. */
    public String json() {
        return text(sections) + "\n";
    }

    static String text(Object section) {
        try {
            return JSON.std.asString(section);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> head() {
        return (Map<String, Object>) sections.get(HEAD);
    }
}
