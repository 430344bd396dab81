package heddle.compiler.backend.emit;

/** The method that draws random bits, in Java that both targets compile. */
public final class DrawText {
    /** {@code draw(key0, key1, step, ordinal, row, column)}: a word of Philox4x32-10. 32 bits times 32 bits are 64 bits of a long. */
    public static final String METHOD = """
        /** 32 random bits for a place: Philox4x32-10 (Salmon et al. 2011). */
        private static long draw(long key0, long key1, long step, long ordinal, long row, long column) {
            int k0 = (int) key0;
            int k1 = (int) key1;
            int c0 = (int) (column >>> 2);
            int c1 = (int) row;
            int c2 = (int) (row >>> 32 | ordinal << 16);
            int c3 = (int) step;
            for (int round = 0; round < 10; round++) {
                long p0 = 0xD2511F53L * (c0 & 0xFFFFFFFFL);
                long p1 = 0xCD9E8D57L * (c2 & 0xFFFFFFFFL);
                c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
                c1 = (int) p1;
                c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
                c3 = (int) p0;
                k0 = k0 + 0x9E3779B9;
                k1 = k1 + 0xBB67AE85;
            }
            int word = (int) (column & 3L);
            int bits = word == 0 ? c0 : word == 1 ? c1 : word == 2 ? c2 : c3;
            return bits & 0xFFFFFFFFL;
        }
        """;

    private DrawText() {}
}
