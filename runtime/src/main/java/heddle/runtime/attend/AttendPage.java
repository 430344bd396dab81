package heddle.runtime.attend;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the report of {@link AttendTable} as one self-contained HTML file: a heat map for every head, and the journey
 * of the token.
 */
public final class AttendPage {
    private static final String TEMPLATE = "attend.html";
    private static final String DATA = "/*DATA*/null";

    private AttendPage() {}

    /** The whole page. */
    public static String render(Observation observation, int position, Journey journey, List<Observation> contexts) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("text", observation.text());
        data.put("tokens", observation.tokens());
        data.put("position", position);
        data.put("layers", layers(observation));
        data.put("contexts", contexts.stream().map(Observation::text).toList());
        data.put(
                "journey",
                journey.stages().stream()
                        .map(s -> Map.of("name", s.name(), "toStatic", s.toStatic(), "toContexts", s.toContexts()))
                        .toList());
        try (InputStream in = AttendPage.class.getResourceAsStream(TEMPLATE)) {
            String template = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            // "</" would end the script element that the data stands in.
            return template.replace(DATA, JSON.std.asString(data).replace("</", "<\\/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Object> layers(Observation observation) {
        List<Object> layers = new ArrayList<>();
        for (Observation.Layer layer : observation.layers()) {
            List<Object> heads = new ArrayList<>();
            for (float[][] p : layer.probabilities()) {
                heads.add(Map.of(
                        "label", HeadProfile.of(p, observation.separator()).label(), "rows", rounded(p)));
            }
            layers.add(Map.of("scope", layer.scope(), "heads", heads));
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
