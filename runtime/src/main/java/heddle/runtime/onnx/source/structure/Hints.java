package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.structure.step.NameTemplate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words for things, from where they stand in the file. */
final class Hints {
    private static final Map<String, String> COUNTERS = Map.ofEntries(
            Map.entry("layer", "l"),
            Map.entry("layers", "l"),
            Map.entry("h", "l"),
            Map.entry("resblocks", "l"),
            Map.entry("block", "b"),
            Map.entry("blocks", "b"),
            Map.entry("stage", "s"),
            Map.entry("stages", "s"),
            Map.entry("matmul", "matrix"),
            Map.entry("gemm", "matrix"));

    private static final Pattern LAST_WORD = Pattern.compile("([A-Za-z]+)[^A-Za-z]*$");

    private Hints() {}

    /** What a number of a text counts. */
    static String counter(NameTemplate template, int number) {
        StringBuilder before = new StringBuilder();
        int n = 0;
        for (NameTemplate.Part part : template.parts()) {
            if (part instanceof NameTemplate.Number && n++ == number) {
                break;
            }
            before.append(part.text());
        }
        Matcher word = LAST_WORD.matcher(before);
        if (!word.find()) {
            return "i";
        }
        String lower = word.group(1).toLowerCase(Locale.ROOT);
        return COUNTERS.getOrDefault(lower, lower.length() > 12 ? "n" : lower);
    }

    /** The words of a name that mean something: those of numbers and exporters do not. */
    static List<String> words(String name) {
        return Pattern.compile("[A-Za-z][A-Za-z0-9]*")
                .matcher(name)
                .results()
                .map(m -> m.group().toLowerCase(Locale.ROOT))
                .toList();
    }
}
