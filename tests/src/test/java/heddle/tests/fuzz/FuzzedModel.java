package heddle.tests.fuzz;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model of one to three attentions or near misses, and what to run it with.
 *
 * @param sources    in Heddle's language
 * @param lengths    of its dims
 * @param draw       how its inputs are drawn
 * @param magnitudes how large the numbers of each input are
 * @param attentions how many attentions must be fused, no softmax left; negative when that is not known
 * @param generated  whether generated code must be run
 * @param addsBeside whether a number is added to probabilities
 * @param made       the names of the choices that are not plain
 */
record FuzzedModel(
        Map<Reading, String> sources,
        Map<String, Long> lengths,
        Draw draw,
        Map<String, Double> magnitudes,
        int attentions,
        boolean generated,
        boolean addsBeside,
        Set<String> made) {
    /** How numbers are drawn. */
    enum Draw {
        USUAL,
        /** Scores are in the hundreds. */
        LARGE,
        /**
         * Scores are in the ten thousands: what rounds them to fewer digits than is written shows. Sixteen bits, which do
         * not tell such scores apart, have them in the hundreds.
         */
        HUGE,
        /** Products of whole numbers, which even narrow types hold as they are. */
        WHOLE,
        /** Bools are false and integers zero. */
        MASKED,
        /** Some floats of some inputs are infinite or not numbers. */
        SPECIAL
    }

    /** The model of a seed, the choices that {@code plain} names made the plain way. */
    static FuzzedModel of(long seed, Set<String> plain) {
        Choices choices = Choices.of(seed, plain);
        ModelText text = new ModelText();
        int parts = choices.of("attentions", 1, 1, 1, 2, 3);
        int attentions = 0;
        for (int n = 0; n < parts; n++) {
            // Plain is an attention that is left out, so that a failure of another one is shown alone.
            if (n == parts - 1 || choices.below(1 << 20, "attention" + n) > 0) {
                int fused = new RandomAttention(text, choices.in("attention" + n)).write();
                attentions = fused < 0 || attentions < 0 ? -1 : attentions + fused;
            }
        }
        Draw draw = choices.of(
                "draw",
                Draw.USUAL,
                Draw.USUAL,
                Draw.USUAL,
                Draw.LARGE,
                Draw.HUGE,
                Draw.WHOLE,
                Draw.MASKED,
                Draw.SPECIAL,
                Draw.SPECIAL);
        return new FuzzedModel(
                text.sources(),
                lengths(choices.in("lengths")),
                draw,
                text.magnitudes(),
                attentions,
                text.isGenerated(),
                text.addsBeside(),
                new TreeSet<>(choices.made()));
    }

    /** How many attentions have keys after others, which may be attentions of their own. Two have the same keys where they share probabilities. */
    long caches() {
        return made.stream()
                .filter(name -> name.endsWith(".cache"))
                .mapToInt(name -> made.contains(name.replace(".cache", ".shared probabilities")) ? 2 : 1)
                .sum();
    }

    /** What is compiled. */
    String source() {
        return sources.get(Reading.WRITTEN);
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
