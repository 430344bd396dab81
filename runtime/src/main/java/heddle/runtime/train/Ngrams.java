package heddle.runtime.train;

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
        private int[] counts = new int[keys.length];
        private int used;

        int of(long key) {
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
            int[] oldCounts = counts;
            keys = new long[2 * oldKeys.length];
            counts = new int[keys.length];
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldCounts[i] != 0) {
                    int place = place(oldKeys[i]);
                    keys[place] = oldKeys[i];
                    counts[place] = oldCounts[i];
                }
            }
        }
    }

    private Ngrams() {}

    /**
     * The mean surprise in bits of a byte that is held out, for those that come before it. To each count of a byte behind
     * others, 0.1 is added.
     *
     * @param n how many bytes an n-gram has, from 1 to 7, the predicted one among them
     * @return NaN when nothing is held out
     */
    public static double bits(TokenFile file, int n) {
        if (file.width() != TokenFile.Width.BYTE || n < 1 || n >= Long.BYTES) {
            throw new IllegalArgumentException("n-grams are of up to seven bytes, not " + n);
        }
        Counts grams = new Counts();
        Counts contexts = new Counts();
        long contextMask = (1L << Byte.SIZE * (n - 1)) - 1;
        long mask = (1L << Byte.SIZE * n) - 1;
        long gram = 0;
        double bits = 0;
        long measured = 0;
        for (long place = 0; place < file.size(); place++) {
            long context = gram & contextMask;
            gram = (context << Byte.SIZE | file.token(place)) & mask;
            if (place < n - 1) {
                continue;
            }
            if (place < file.trained()) {
                contexts.add(context);
                grams.add(gram);
            } else {
                double p = (grams.of(gram) + ADDED) / (contexts.of(context) + ADDED * BYTES);
                bits -= Math.log(p);
                measured++;
            }
        }
        return bits / Math.log(2) / measured;
    }
}
