package heddle.runtime.train;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What counting alone predicts of a text of bytes: n-grams that are counted on the part that is trained on, and measured
 * in bits a byte on the part that is held out. A training that does not beat them has learnt nothing of note.
 */
public final class Ngrams {
    private static final int BYTES = 256;
    private static final double ADDED = 0.1;

    /** Counts by number, found by open addressing. */
    private static final class Counts {
        private long[] keys = new long[1 << 12];
        private long[] counts = new long[keys.length];
        private int used;

        long of(long key) {
            return counts[place(key)];
        }

        void add(long key) {
            if (2 * used >= keys.length) {
                grow();
            }
            int place = place(key);
            if (counts[place]++ == 0) {
                keys[place] = key;
                used++;
            }
        }

        private int place(long key) {
            int mask = keys.length - 1;
            int place = (int) (key * 0x9E3779B97F4A7C15L >>> 32) & mask;
            while (counts[place] != 0 && keys[place] != key) {
                place = place + 1 & mask;
            }
            return place;
        }

        private void grow() {
            long[] oldKeys = keys;
            long[] oldCounts = counts;
            keys = new long[2 * oldKeys.length];
            counts = new long[keys.length];
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldCounts[i] != 0) {
                    int place = place(oldKeys[i]);
                    keys[place] = oldKeys[i];
                    counts[place] = oldCounts[i];
                }
            }
        }
    }

    private final int n;
    private final Counts grams = new Counts();
    private final Counts contexts = new Counts();
    private double surprise;
    private long measured;

    private Ngrams(int n) {
        this.n = n;
    }

    /**
     * The mean surprise in bits of a byte that is held out, for those that come before it. To each count of a byte behind
     * others, 0.1 is added. The file is read once, and what is counted is kept in memory.
     *
     * @param from the least n, how many bytes an n-gram has, the predicted one among them; at least 1
     * @param to   the greatest n, at most 7
     * @return for each n; NaN when nothing is held out
     */
    public static List<Double> bits(TokenFile file, int from, int to) {
        if (file.width() != TokenFile.Width.BYTE || from < 1 || from > to || to >= Long.BYTES) {
            throw new IllegalArgumentException("n-grams are of one to seven bytes, not of " + from + " to " + to);
        }
        List<Ngrams> all = IntStream.rangeClosed(from, to).mapToObj(Ngrams::new).toList();
        long before = 0;
        for (long place = 0; place < file.size(); place++) {
            int next = file.token(place);
            for (Ngrams some : all) {
                if (place >= some.n - 1) {
                    some.see(before, next, place < file.trained());
                }
            }
            before = before << Byte.SIZE | next;
        }
        return all.stream().map(s -> s.surprise / Math.log(2) / s.measured).toList();
    }

    private void see(long before, int next, boolean trained) {
        long context = before & (1L << Byte.SIZE * (n - 1)) - 1;
        long gram = context << Byte.SIZE | next;
        if (trained) {
            contexts.add(context);
            grams.add(gram);
        } else {
            surprise -= Math.log((grams.of(gram) + ADDED) / (contexts.of(context) + ADDED * BYTES));
            measured++;
        }
    }
}
