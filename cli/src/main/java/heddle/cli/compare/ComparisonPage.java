package heddle.cli.compare;

import heddle.cli.page.Report;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The page of a comparison: the second report, with the comparison and what of the first is drawn beside it. */
public final class ComparisonPage {
    private static final List<String> BESIDE = List.of("graph", "decisions", "plan", "attention", "source");

    private ComparisonPage() {}

    /** The report that the page shows; sections of the first one have {@code a.} before their names. */
    public static Report of(Comparison comparison, Comparison.Verdicts verdicts) {
        SequencedMap<String, Object> sections =
                new LinkedHashMap<>(comparison.b().sections());
        sections.keySet().removeIf(name -> name.equals("diff") || name.startsWith("a."));
        BESIDE.forEach(
                name -> sections.put("a." + name, comparison.a().sections().get(name)));
        sections.put("diff", ComparisonJson.fields(comparison, verdicts));
        return new Report(sections);
    }
}
