package heddle.compiler.backend.jvm.text;

import heddle.compiler.backend.emit.DrawText;

/** Functions that the JDK does not have. A class contains those that its kernels call. */
public enum Support {
    /**
     * The error function, to about 1e-15: the series of Abramowitz and Stegun, Handbook of Mathematical Functions
     * (1964), 7.1.6, whose terms are all positive, near zero, and their continued fraction 7.1.14 beyond.
     */
    ERF("erf", """
        /** The error function (Abramowitz and Stegun, 7.1.6 and 7.1.14). */
        private static double erf(double x) {
            double z = Math.abs(x);
            if (Double.isNaN(x) || z > 6) {
                return Math.signum(x);
            }
            if (z < 2.5) {
                double term = x;
                double sum = x;
                for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
                    term *= 2 * x * x / (2 * n + 1);
                    sum += term;
                }
                return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
            }
            double fraction = 0;
            for (int n = 60; n > 0; n--) {
                fraction = 0.5 * n / (z + fraction);
            }
            return Math.copySign(1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * (z + fraction)), x);
        }
        """),
    /** Remainders with the sign of the divisor. */
    FLOAT_MOD("mod", """
        /** The remainder with the sign of the divisor. */
        private static double mod(double a, double b) {
            double r = a % b;
            return r != 0 && r < 0 != b < 0 ? r + b : r;
        }
        """),
    FLOOR_DIV("floorDiv", """
        /** The quotient rounded towards minus infinity; zero when the divisor is zero. */
        private static long floorDiv(long a, long b) {
            return b == 0 ? 0 : Math.floorDiv(a, b);
        }
        """),
    FLOOR_MOD("floorMod", """
        /** The remainder with the sign of the divisor; zero when the divisor is zero. */
        private static long floorMod(long a, long b) {
            return b == 0 ? 0 : Math.floorMod(a, b);
        }
        """),
    DRAW("draw", DrawText.METHOD),
    FLOAT_POSITIONS("floatPositions", """
        /** Integers {@code step} apart, each rounded to a float. */
        private static FloatVector floatPositions(long first, long step) {
            float[] positions = new float[F.length()];
            for (int n = 0; n < positions.length; n++) {
                positions[n] = (float) (first + n * step);
            }
            return FloatVector.fromArray(F, positions, 0);
        }
        """),
    DOUBLE_POSITIONS("doublePositions", """
        /** Integers {@code step} apart, each rounded to a double. */
        private static DoubleVector doublePositions(long first, long step) {
            double[] positions = new double[D.length()];
            for (int n = 0; n < positions.length; n++) {
                positions[n] = (double) (first + n * step);
            }
            return DoubleVector.fromArray(D, positions, 0);
        }
        """),
    NIBBLE("nibble", """
        /** An element of four bits, with its sign; two share a byte, the first its lower half. */
        private static int nibble(byte[] from, int at) {
            return from[at >> 1] << 28 - (at << 2 & 4) >> 28;
        }
        """),
    SET_NIBBLE("setNibble", """
        /** Stores an element of four bits; two share a byte, the first its lower half. */
        private static void setNibble(byte[] to, int at, int value) {
            int shift = at << 2 & 4;
            to[at >> 1] = (byte) (to[at >> 1] & 0xf0 >> shift | (value & 15) << shift);
        }
        """),
    F16("f16", """
        /** The nearest f16, as a float. */
        private static float f16(float x) {
            return Float.float16ToFloat(Float.floatToFloat16(x));
        }
        """),
    BF16("bf16", """
        /** The nearest bf16, ties to even, as a float. */
        private static float bf16(float x) {
            int bits = Float.floatToRawIntBits(x);
            int nearest = bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000;
            return Float.isNaN(x) ? x : Float.intBitsToFloat(nearest);
        }
        """);

    private final String methodName;
    private final String text;

    Support(String methodName, String text) {
        this.methodName = methodName;
        this.text = text;
    }

    public String methodName() {
        return methodName;
    }

    /** The method, as a member of a class. */
    public String text() {
        return text.stripTrailing();
    }
}
