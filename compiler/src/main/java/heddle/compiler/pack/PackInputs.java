package heddle.compiler.pack;

import java.util.Map;
import java.util.Set;

/**
 * The inputs of a graph that takes texts, and those of the graph that takes them end to end.
 *
 * @param ids       takes token numbers, {@code [B, N]}: rows and tokens
 * @param alike     inputs that are the same for each token of a text that has no padding, with that number: 1 for a mask
 * @param places    inputs that hold the place of each token in its text, from 0
 * @param segments  a free name for the input of the number of the text that a token belongs to, {@code i64[B, N]}: different from
 *                  those of other texts in its row
 * @param positions a free name for the input of the place of a token in its text, {@code i64[B, N]}, from 0
 */
public record PackInputs(String ids, Map<String, Long> alike, Set<String> places, String segments, String positions) {
    public PackInputs {
        alike = Map.copyOf(alike);
        places = Set.copyOf(places);
    }
}
