package heddle.runtime.onnx.source.text;

import heddle.runtime.onnx.source.structure.Naming;
import heddle.runtime.onnx.source.structure.Routine;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Words for functions, from the scopes that they were. */
final class RoutineNames {
    private static final Pattern COUNT = Pattern.compile("[._]*[0-9]+_*$");
    private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    private static final Map<String, String> USUAL = Map.ofEntries(
            Map.entry("layers", "layer"),
            Map.entry("h", "layer"),
            Map.entry("resblocks", "layer"),
            Map.entry("blocks", "block"),
            Map.entry("stages", "stage"),
            Map.entry("attn", "attention"),
            Map.entry("self_attn", "self_attention"),
            Map.entry("encoder_attn", "cross_attention"),
            Map.entry("layer_norm", "norm"),
            Map.entry("layernorm", "norm"),
            Map.entry("ln", "norm"),
            Map.entry("mlp", "feed_forward"),
            Map.entry("ff", "feed_forward"),
            Map.entry("ffn", "feed_forward"),
            Map.entry("dense", "linear"),
            Map.entry("output", "project"));

    private RoutineNames() {}

    /** A word that most of the scopes agree on. */
    static String hint(Routine routine) {
        Map<String, Integer> votes = new HashMap<>();
        for (List<String> scope : routine.scopes()) {
            votes.merge(word(scope), 1, Integer::sum);
        }
        String most = "part";
        int best = 0;
        for (Map.Entry<String, Integer> vote : votes.entrySet()) {
            boolean first = vote.getValue() > best
                    || vote.getValue() == best && vote.getKey().compareTo(most) < 0;
            if (first) {
                most = vote.getKey();
                best = vote.getValue();
            }
        }
        return most;
    }

    private static String word(List<String> scope) {
        String last = plain(scope.getLast());
        String outer = scope.size() > 1 ? plain(scope.get(scope.size() - 2)) : "";
        if (last.equals("self") && outer.equals("attention")) {
            return "self_attention";
        }
        return USUAL.getOrDefault(last, last);
    }

    private static String plain(String part) {
        String snake =
                HUMP.matcher(COUNT.matcher(part).replaceAll("")).replaceAll("_").toLowerCase(Locale.ROOT);
        return Naming.valid(snake);
    }
}
