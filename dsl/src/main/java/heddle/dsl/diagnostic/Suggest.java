package heddle.dsl.diagnostic;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the known names that are close to an unknown one, for "did you mean". */
public final class Suggest {
    /** Letters of a name that may be a slip for another one. */
    private static final int LONGEST = 200;

    private Suggest() {}

    /** The known name most like {@code name}, if one is so close that it was probably meant. */
    public static Optional<String> closest(String name, Collection<String> known) {
        return close(name, known).stream().findFirst();
    }

    /** The known names that may have been meant, the most alike first; ties in alphabetical order. */
    public static List<String> close(String name, Collection<String> known) {
        return known.stream()
                .distinct()
                .filter(candidate -> isClose(name, candidate) || isShortSlip(name, candidate))
                .sorted(Comparator.<String>comparingInt(candidate -> difference(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** Of names that nobody types, only those of about the same length would be compared, in time and memory that grow with its square. */
    private static boolean isClose(String name, String candidate) {
        return Math.max(name.length(), candidate.length()) <= LONGEST && difference(name, candidate) <= tolerance(name);
    }

    /** One slip in three letters; words of one or two letters are all alike. */
    private static int tolerance(String name) {
        return name.length() / 3;
    }

    /** Whether two words of one or two letters have the same letters, one of them twice or the other way round. */
    private static boolean isShortSlip(String name, String candidate) {
        return name.length() <= 2
                && candidate.length() <= 2
                && name.chars()
                        .boxed()
                        .collect(Collectors.toSet())
                        .equals(candidate.chars().boxed().collect(Collectors.toSet()));
    }

    /** Slips of the keyboard between two words, where upper and lower case count as the same letter. */
    private static int difference(String a, String b) {
        return distance(a.toLowerCase(Locale.ROOT), b.toLowerCase(Locale.ROOT));
    }

    /**
     * The Damerau-Levenshtein distance in its restricted form (optimal string alignment): the least number of
     * insertions, deletions, replacements and swaps of neighbours that make {@code b} of {@code a}.
     */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 ? j : j == 0 ? i : step(a, b, d, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int step(String a, String b, int[][] d, int i, int j) {
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, 1 + d[i - 2][j - 2]) : least;
    }
}
