package heddle.cli.page;

import heddle.runtime.attend.HeadProfile;
import heddle.runtime.attend.Journey;
import heddle.runtime.attend.Observation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The section {@code words}: what each token of a text looks at, and how the vector of one moves. */
public final class WordsSection {
    private WordsSection() {}

    /**
     * @param position of the token whose journey it is
     * @param contexts other texts with that token
     */
    public static Map<String, Object> of(
            Observation observation, int position, Journey journey, List<Observation> contexts) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("text", observation.text());
        fields.put("tokens", observation.tokens());
        fields.put("position", position);
        fields.put("layers", layers(observation));
        fields.put("contexts", contexts.stream().map(Observation::text).toList());
        fields.put("journey", journey.stages().stream().map(WordsSection::stage).toList());
        return fields;
    }

    private static Map<String, Object> stage(Journey.Stage stage) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", stage.name());
        fields.put("toStatic", stage.toStatic());
        fields.put("toContexts", stage.toContexts());
        return fields;
    }

    private static List<Object> layers(Observation observation) {
        List<Object> layers = new ArrayList<>();
        for (Observation.Layer layer : observation.layers()) {
            List<Object> heads = new ArrayList<>();
            for (float[][] p : layer.probabilities()) {
                Map<String, Object> head = new LinkedHashMap<>();
                head.put("label", HeadProfile.of(p, observation.separator()).label());
                head.put("rows", rounded(p));
                heads.add(head);
            }
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("scope", layer.scope());
            fields.put("heads", heads);
            layers.add(fields);
        }
        return layers;
    }

    /** Probabilities in thousandths: what a colour can show, in a quarter of the bytes. */
    private static int[][] rounded(float[][] p) {
        int[][] out = new int[p.length][];
        for (int i = 0; i < p.length; i++) {
            out[i] = new int[p[i].length];
            for (int j = 0; j < p[i].length; j++) {
                out[i][j] = Math.round(p[i][j] * 1000);
            }
        }
        return out;
    }
}
