package heddle.runtime.attend;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes as text what a token attends to, and how its vector moves. */
public final class AttendTable {
    private static final int SHOWN = 4;

    /** Less than this would be printed as nothing. */
    private static final float SMALLEST = 0.005f;

    private AttendTable() {}

    /** The whole report, one table after the other. */
    public static String render(Observation observation, int position, Journey journey, List<Observation> contexts) {
        StringBuilder out = new StringBuilder();
        out.append("\"").append(observation.text()).append("\"\n");
        out.append("tokens: ").append(String.join(" ", observation.tokens())).append("\n\n");
        attention(out, observation, position);
        heads(out, observation);
        journey(out, journey, contexts);
        return out.toString();
    }

    private static void attention(StringBuilder out, Observation observation, int position) {
        out.append("What \"").append(observation.tokens().get(position)).append("\" attends to\n");
        out.append(String.format("  %5s %4s  %-32s %s%n", "layer", "head", "head looks at", "most attended"));
        for (int l = 0; l < observation.layers().size(); l++) {
            Observation.Layer layer = observation.layers().get(l);
            for (int h = 0; h < layer.heads(); h++) {
                HeadProfile profile = HeadProfile.of(layer.probabilities()[h], observation.separator());
                out.append(String.format(
                        "  %5d %4d  %-32s %s%n",
                        l, h, kind(profile), top(observation, layer.probabilities()[h][position])));
            }
        }
        out.append('\n');
    }

    private static String kind(HeadProfile profile) {
        return profile.label().equals(profile.words())
                ? profile.words()
                : profile.label() + ", then " + profile.words();
    }

    private static String top(Observation observation, float[] row) {
        return IntStream.range(0, row.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer j) -> -row[j]).thenComparing(j -> j))
                .filter(j -> row[j] >= SMALLEST)
                .limit(SHOWN)
                .map(j -> String.format(
                        Locale.ROOT, "%s %.2f", observation.tokens().get(j), row[j]))
                .collect(Collectors.joining("  "));
    }

    private static void heads(StringBuilder out, Observation observation) {
        out.append("Where heads look, share of all attention (distant: ")
                .append(HeadProfile.DISTANT)
                .append(" tokens or more)\n");
        out.append(String.format(
                "  %5s  %10s %6s %8s %6s %6s %8s %6s  %s%n",
                "layer", "separators", "itself", "previous", "next", "near", "distant", "reach", "besides separators"));
        for (int l = 0; l < observation.layers().size(); l++) {
            Observation.Layer layer = observation.layers().get(l);
            List<HeadProfile> profiles = IntStream.range(0, layer.heads())
                    .mapToObj(h -> HeadProfile.of(layer.probabilities()[h], observation.separator()))
                    .toList();
            out.append(String.format(
                    Locale.ROOT,
                    "  %5d  %10.2f %6.2f %8.2f %6.2f %6.2f %8.2f %6.1f  %s%n",
                    l,
                    mean(profiles, HeadProfile::separators),
                    mean(profiles, HeadProfile::self),
                    mean(profiles, HeadProfile::previous),
                    mean(profiles, HeadProfile::next),
                    mean(profiles, HeadProfile::near),
                    mean(profiles, HeadProfile::distant),
                    mean(profiles, HeadProfile::meanReach),
                    kinds(profiles)));
        }
        out.append('\n');
    }

    private static double mean(List<HeadProfile> profiles, java.util.function.ToDoubleFunction<HeadProfile> share) {
        return profiles.stream().mapToDouble(share).average().orElse(0);
    }

    private static String kinds(List<HeadProfile> profiles) {
        return profiles.stream()
                .collect(Collectors.groupingBy(HeadProfile::words, Collectors.counting()))
                .entrySet()
                .stream()
                .sorted((a, b) -> {
                    int byCount = Long.compare(b.getValue(), a.getValue());
                    return byCount != 0 ? byCount : a.getKey().compareTo(b.getKey());
                })
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", "));
    }

    private static void journey(StringBuilder out, Journey journey, List<Observation> contexts) {
        out.append("How \"").append(journey.token()).append("\" moves: cosine to\n");
        for (int c = 0; c < contexts.size(); c++) {
            out.append("  [")
                    .append(c + 1)
                    .append("] \"")
                    .append(journey.token())
                    .append("\" at the same layer of \"")
                    .append(contexts.get(c).text())
                    .append("\"\n");
        }
        out.append(String.format("  %-14s  %16s", "", "static embedding"));
        for (int c = 0; c < contexts.size(); c++) {
            out.append(String.format("  %6s", "[" + (c + 1) + "]"));
        }
        out.append('\n');
        for (Journey.Stage s : journey.stages()) {
            out.append(String.format(Locale.ROOT, "  %-14s  %16.3f", s.name(), s.toStatic()));
            s.toContexts().forEach(x -> out.append(String.format(Locale.ROOT, "  %6.3f", x)));
            out.append('\n');
        }
    }
}
