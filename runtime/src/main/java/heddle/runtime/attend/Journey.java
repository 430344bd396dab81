package heddle.runtime.attend;

import java.util.ArrayList;
import java.util.List;

/**
 * How a token's vector moves from its static embedding to its meaning in context.
 *
 * @param stages one for each layer's input, then the last layer's output
 */
public record Journey(String token, List<Stage> stages) {
    /**
     * One stop.
     *
     * @param name       {@code into layer 0} or {@code after the last}
     * @param toStatic   cosine to the static embedding
     * @param toContexts cosine to the same token at the same stage of each other text
     */
    public record Stage(String name, double toStatic, List<Double> toContexts) {}

    /** The journey of the token at {@code position}, compared with that token in other texts that hold it. */
    public static Journey of(Observation observation, int position, List<Observation> contexts) {
        String token = observation.tokens().get(position);
        float[] start = observation.embeddings()[position];
        List<Stage> stages = new ArrayList<>();
        for (int l = 0; l <= observation.layers().size(); l++) {
            int stage = l;
            float[] here = observation.vector(stage, position);
            List<Double> others = contexts.stream()
                    .map(c -> cosine(here, c.vector(stage, c.find(token).orElseThrow())))
                    .toList();
            String name = l == observation.layers().size() ? "after the last" : "into layer " + l;
            stages.add(new Stage(name, cosine(here, start), others));
        }
        return new Journey(token, stages);
    }

    /** The cosine of the angle between two vectors; 0 when either has no length, NaN when their lengths differ. */
    public static double cosine(float[] a, float[] b) {
        if (a.length != b.length) {
            return Double.NaN;
        }
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int k = 0; k < a.length; k++) {
            dot += (double) a[k] * b[k];
            aa += (double) a[k] * a[k];
            bb += (double) b[k] * b[k];
        }
        return aa == 0 || bb == 0 ? 0 : dot / Math.sqrt(aa * bb);
    }
}
