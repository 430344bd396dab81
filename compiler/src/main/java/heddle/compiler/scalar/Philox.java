package heddle.compiler.scalar;

/**
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011): random bits as a function of a key and a counter, without a state.
 * The same key and counter give the same bits on every target, in any order and any number of threads.
 *
 * <p>A key is 56 bits of seed and 8 bits of stream, so that different uses of one seed draw different numbers.
 */
public final class Philox {
    /** What numbers are drawn for. */
    public enum Stream {
        /** Which elements training drops. */
        DROPOUT,
        /** Which places of the data make a batch. */
        DATA,
        /** What weights begin with. */
        INITIAL_WEIGHTS,
        /** Which token is chosen when text is generated. */
        SAMPLING
    }

    /** Words of a counter, and of what is drawn for it. */
    public static final int WORDS = 4;

    /** Seeds are from 0 up to this, without it: a key has no room for more bits. */
    public static final long SEEDS = 1L << 56;

    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final long LOW = 0xFFFFFFFFL;

    private Philox() {}

    /** @throws IllegalArgumentException when a seed would draw what another one draws */
    public static void requireSeed(long seed) {
        if (seed < 0 || seed >= SEEDS) {
            throw new IllegalArgumentException("a seed is from 0 to " + (SEEDS - 1) + ", not " + seed);
        }
    }

    /** The lower word of the key of a seed. */
    public static int lowKey(long seed) {
        return (int) seed;
    }

    /** The upper word of the key of a seed: 24 bits of seed, 8 of stream. */
    public static int highKey(long seed, Stream stream) {
        return (int) (seed >>> 32 & 0xFFFFFF) | stream.ordinal() << 24;
    }

    /** The four words for a key and a counter, replacing the counter's. */
    public static void draw(int key0, int key1, int[] counter) {
        int c0 = counter[0];
        int c1 = counter[1];
        int c2 = counter[2];
        int c3 = counter[3];
        int k0 = key0;
        int k1 = key1;
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = MULTIPLIER_0 * (c0 & LOW);
            long p1 = MULTIPLIER_1 * (c2 & LOW);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        counter[0] = c0;
        counter[1] = c1;
        counter[2] = c2;
        counter[3] = c3;
    }

    /**
     * A number of 32 bits for one place of a matrix, from 0 up to 2^32.
     *
     * @param key0    the key's lower word
     * @param key1    its upper word
     * @param step    the upper word of the counter
     * @param ordinal tells matrices apart, less than 2^16
     * @param row     less than 2^48
     * @param column  less than 2^34
     */
    public static long word(long key0, long key1, long step, long ordinal, long row, long column) {
        int[] counter = {(int) (column >>> 2), (int) row, (int) (row >>> 32 | ordinal << 16), (int) step};
        draw((int) key0, (int) key1, counter);
        return counter[(int) column & 3] & LOW;
    }
}
