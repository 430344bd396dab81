package heddle.tests.fuzz;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model of one to three attentions or near misses, and what to run it with.
 *
 * @param source     in Heddle's language
 * @param lengths    of its dims
 * @param draw       how its inputs are drawn
 * @param attentions how many attentions must be fused, no softmax left; negative when that is not known
 * @param allowances what a comparison of numbers must allow for
 * @param made       the names of the choices that are not plain
 */
record FuzzedModel(
        String source,
        Map<String, Long> lengths,
        Draw draw,
        int attentions,
        Set<Allowance> allowances,
        Set<String> made) {
    /** How numbers are drawn. */
    enum Draw {
        USUAL,
        /** Scores are in the hundreds. */
        LARGE,
        /** Bools are false and integers zero. */
        MASKED,
        /** Some floats are infinite or not numbers. */
        SPECIAL
    }

    /** The model of a seed, the choices that {@code plain} names made the plain way. */
    static FuzzedModel of(long seed, Set<String> plain) {
        Choices choices = Choices.of(seed, plain);
        ModelText text = new ModelText();
        int attentions = choices.of("attentions", 1, 1, 1, 2, 3);
        boolean all = true;
        for (int n = 0; n < attentions; n++) {
            all &= new RandomAttention(text, choices.in("attention" + n)).write();
        }
        Draw draw = choices.of("draw", Draw.USUAL, Draw.USUAL, Draw.USUAL, Draw.LARGE, Draw.MASKED, Draw.SPECIAL);
        return new FuzzedModel(
                text.toString(),
                lengths(choices.in("lengths")),
                draw,
                all ? attentions : -1,
                text.allowances(),
                new TreeSet<>(choices.made()));
    }

    boolean allows(Allowance allowance) {
        return allowances.contains(allowance);
    }

    private static Map<String, Long> lengths(Choices choices) {
        Map<String, Long> lengths = new LinkedHashMap<>();
        boolean isLong = choices.happens(6, "long");
        lengths.put("B", choices.of("B", 1L, 2L, isLong ? 1L : 3L, choices.happens(20, "no batch") ? 0L : 2L));
        for (String name : new String[] {"N", "M"}) {
            lengths.put(name, choices.of(name, 3L, 1L, 2L, 4L, 5L, 7L, 8L, 9L, 16L, 17L, 0L));
        }
        if (isLong) {
            lengths.put(choices.of("long one", "N", "M"), choices.of("long length", 31L, 33L, 63L, 65L, 129L));
        }
        return lengths;
    }
}
