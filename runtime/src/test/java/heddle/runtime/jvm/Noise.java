package heddle.runtime.jvm;

import java.util.function.IntToDoubleFunction;

/** Numbers between -1 and 1 that look random and depend on a seed and an index alone. */
final class Noise {
    private Noise() {}

    static IntToDoubleFunction of(long seed) {
        return i -> {
            long z = (seed * 0x9E3779B97F4A7C15L + i + 1) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 30) * 0x94D049BB133111EBL;
            return ((z ^ z >>> 31) >>> 40) * 0x1p-23 - 1;
        };
    }
}
