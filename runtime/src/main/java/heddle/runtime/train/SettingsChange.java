package heddle.runtime.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What is not as it was when a training began, as the options that say it, with old and new values. */
final class SettingsChange {
    /** The option for each part of {@link TrainingSettings#text}. */
    private static final Map<String, String> OPTIONS = Map.of(
            "peak", "--lr",
            "least", "--min-lr",
            "warmUp", "--warmup",
            "steps", "--steps",
            "beta1", "--beta1",
            "beta2", "--beta2",
            "decay", "--decay",
            "clip", "--clip",
            "seed", "--seed",
            "frozen", "--freeze");

    private static final Pattern PART = Pattern.compile("(\\w+)(?:=| )(\\[[^\\]]*\\]|[^,\\]]+)");

    private SettingsChange() {}

    /**
     * A line for each option that differs; none when these are not texts of settings.
     *
     * @param before as a checkpoint keeps it
     * @param now    as it would keep it now
     */
    static List<String> between(String before, String now) {
        Map<String, String> old = parts(before);
        List<String> lines = new ArrayList<>();
        parts(now).forEach((name, value) -> {
            if (OPTIONS.containsKey(name)
                    && old.containsKey(name)
                    && !old.get(name).equals(value)) {
                lines.add(OPTIONS.get(name) + ": then " + shown(old.get(name)) + ", now " + shown(value));
            }
        });
        return lines;
    }

    private static Map<String, String> parts(String text) {
        Map<String, String> parts = new LinkedHashMap<>();
        for (MatchResult part : PART.matcher(text).results().toList()) {
            parts.put(part.group(1), part.group(2));
        }
        return parts;
    }

    /** Without the brackets of a list, and what a number ends with that is no part of its value. */
    private static String shown(String value) {
        String bare = value.startsWith("[") ? value.substring(1, value.length() - 1) : value;
        return bare.isEmpty() ? "none" : bare.replaceFirst("\\.0$", "");
    }
}
