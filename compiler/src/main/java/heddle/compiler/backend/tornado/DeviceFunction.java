package heddle.compiler.backend.tornado;

import heddle.compiler.backend.emit.DrawText;

/**
 * Functions that devices need and that neither Java's operators nor {@code TornadoMath} provide. A file contains those
 * that its kernels call.
 */
enum DeviceFunction {
    /** The rational approximation 7.1.26 is good to 1e-7 only; this one is the series and continued fraction of 7.1. */
    ERF("erf", Template.ofDoubles(Template.ERF.formatted(2.5, 48, 40, 6))),
    /** To about 1e-7. */
    ERF_FLOAT("erf", Template.ofFloats(Template.ERF.formatted(2, 26, 24, 4))),
    RINT_FLOAT("rint", Template.ofFloats(Template.RINT)),
    RINT("rint", Template.ofDoubles(Template.RINT)),
    /** Random bits by counter: 32 bits times 32 bits are 64 bits of a long, and the upper half is shifted down. */
    DRAW("draw", DrawText.METHOD),
    FLOOR_DIV("floorDiv", """
        /** The quotient rounded towards minus infinity; zero when the divisor is zero. */
        private static long floorDiv(long a, long b) {
            long size = b < 0 ? -b : b;
            long up = b < 0 ? -a : a;
            return size == 0 ? 0 : up < 0 ? -((size - 1 - up) / size) : up / size;
        }
        """),
    FLOOR_MOD("floorMod", """
        /** The remainder with the sign of the divisor; zero when the divisor is zero. */
        private static long floorMod(long a, long b) {
            long rest = b == 0 ? 0 : a % b;
            return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
        }
        """),
    /** OpenCL allows a quotient of floats to be 2.5 units in the last place off, so that 6 / 3 may be less than two. */
    FLOOR_DIV_FLOAT("floorDiv", Template.ofFloats(Template.FLOOR_DIV)),
    FLOOR_DIV_DOUBLE("floorDiv", Template.ofDoubles(Template.FLOOR_DIV)),
    MOD_FLOAT("mod", Template.ofFloats(Template.MOD)),
    MOD("mod", Template.ofDoubles(Template.MOD)),
    /** That of devices is one for one to any power. */
    POW_FLOAT("pow", Template.ofFloats(Template.POW)),
    POW("pow", Template.ofDoubles(Template.POW)),
    /** That of TornadoVM has the precision of floats, even for doubles. */
    SQRT("sqrt", """
        /** The square root. */
        private static double sqrt(double x) {
            double zero = x - x;
            return x < 0 ? zero / zero : x == 0 ? x : TornadoMath.pow(x, 0.5);
        }
        """),
    /** Those of TornadoVM have the precision of floats, even for doubles. */
    SIN("sin", Template.TURN.formatted("sine", "sin", "odd", "even", "-odd", "-even")),
    COS("cos", Template.TURN.formatted("cosine", "cos", "even", "-odd", "-even", "odd")),
    /** TornadoVM converts floats to {@code long} by way of 32 bits. */
    TO_LONG_FLOAT("toLong", Template.ofFloats(Template.TO_LONG.formatted("9.2233715E18", "9.2233715E18"))),
    TO_LONG("toLong", Template.ofDoubles(Template.TO_LONG.formatted("9.223372036854774E18", "9.223372036854774E18"))),
    TO_INT_FLOAT("toInt", Template.ofFloats(Template.TO_INT.formatted("2.1474835E9", "2.1474835E9"))),
    TO_INT("toInt", Template.ofDoubles(Template.TO_INT.formatted("2147483647.0", "2147483648.0"))),
    /** No arithmetic on the bits of floats: TornadoVM cannot write it. */
    SHORTENED("shortened", """
        /**
         * The nearest float with fewer digits, ties to even.
         *
         * @param x      not zero
         * @param digits two to the number of binary digits after the first
         * @param least  the distance of the smallest ones
         */
        private static float shortened(float x, float digits, float least) {
            float z = TornadoMath.abs(x);
            float power = TornadoMath.pow(2f, TornadoMath.floor(TornadoMath.log(z) * 1.442695f));
            float below = power > z ? power * 0.5f : power * 2f > z ? power : power * 2f;
            float step = TornadoMath.max(below / digits, least);
            float steps = z / step;
            float down = TornadoMath.floor(steps);
            float rest = steps - down;
            float odd = down - 2f * TornadoMath.floor(down * 0.5f);
            float nearest = (rest > 0.5f | (rest == 0.5f & odd == 1f) ? down + 1f : down) * step;
            return x < 0f ? -nearest : nearest;
        }
        """),
    BF16("bf16", """
        /** The nearest bf16, ties to even, as a float. */
        private static float bf16(float x) {
            float z = TornadoMath.abs(x);
            boolean asIs = x != x | z == Float.POSITIVE_INFINITY | z == 0f;
            return asIs ? x : shortened(x, 128f, 9.18355E-41f);
        }
        """),
    F16("f16", """
        /** The nearest f16, ties to even, as a float. */
        private static float f16(float x) {
            float z = TornadoMath.abs(x);
            boolean asIs = x != x | z == Float.POSITIVE_INFINITY | z == 0f;
            float nearest = asIs ? x : shortened(x, 1024f, 5.9604645E-8f);
            return nearest > 65504f ? Float.POSITIVE_INFINITY : nearest < -65504f ? Float.NEGATIVE_INFINITY : nearest;
        }
        """),
    /** By powers of two that shifts of whole numbers make: nothing is rounded. */
    F16_OF_BITS("f16OfBits", """
        /** The value of the bits of an f16. */
        private static float f16OfBits(int bits) {
            int exponent = bits >> 10 & 31;
            int fraction = bits & 1023;
            float least = fraction * 5.9604645E-8f;
            float usual = (1024 + fraction) * (float) (1 << exponent) * 2.9802322E-8f;
            float infinite = exponent == 31 ? Float.POSITIVE_INFINITY : 0f;
            float none = infinite - infinite;
            float size = exponent == 0 ? least : exponent < 31 ? usual : fraction == 0 ? infinite : none;
            return (bits & 32768) == 0 ? size : -size;
        }
        """),
    /** The largest powers come last, so that no product is too large or too small on the way. */
    BF16_OF_BITS("bf16OfBits", """
        /** The value of the bits of a bf16. */
        private static float bf16OfBits(int bits) {
            int exponent = bits >> 7 & 255;
            int fraction = bits & 127;
            float power = (1 << (exponent & 15)) * ((exponent & 16) == 0 ? 1f : 65536f)
                    * ((exponent & 32) == 0 ? 1f : 4.2949673E9f) * ((exponent & 64) == 0 ? 1f : 1.8446744E19f);
            float near = (1f + fraction * 0.0078125f) * power;
            float least = fraction * 9.18355E-41f;
            float usual = exponent < 128 ? near * 1.0842022E-19f * 5.421011E-20f : near * 2f;
            float infinite = exponent == 255 ? Float.POSITIVE_INFINITY : 0f;
            float none = infinite - infinite;
            float size = exponent == 0 ? least : exponent < 255 ? usual : fraction == 0 ? infinite : none;
            return (bits & 32768) == 0 ? size : -size;
        }
        """),
    I4_OF_BITS("i4OfBits", """
        /** One of the two numbers from -8 to 7 in a byte: the first, for an even place, in its lower four bits. */
        private static float i4OfBits(int bits, int place) {
            int four = (place & 1) == 0 ? bits & 15 : bits >> 4 & 15;
            return four < 8 ? four : four - 16;
        }
        """);

    private final String methodName;
    private final String text;

    DeviceFunction(String methodName, String text) {
        this.methodName = methodName;
        this.text = text;
    }

    String methodName() {
        return methodName;
    }

    /** The method, as a member of a class. */
    String text() {
        return text.stripTrailing();
    }

    /** Texts that several functions share. In those of floats and doubles {@code $T} is the type, {@code $} ends a number. */
    private static final class Template {
        static String ofFloats(String template) {
            return template.replace("$T", "float").replace("$", "f");
        }

        static String ofDoubles(String template) {
            return template.replace("$T", "double").replace("$", "");
        }

        /** Up to where the series is taken and how many of its terms, those of the fraction, and from where on it is one. */
        static final String ERF = """
            /**
             * The error function: its Maclaurin series near zero, one minus the complement beyond, whose continued fraction converges
             * fast there (Abramowitz and Stegun, 7.1.6 and 7.1.14).
             */
            private static $T erf($T x) {
                $T z = TornadoMath.abs(x);
                if (z < %s$) {
                    $T term = x;
                    $T sum = x;
                    for (int n = 1; n < %s; n++) {
                        term = term * 2$ * x * x / (2$ * n + 1$);
                        sum = sum + term;
                    }
                    return 1.1283791670955126$ * TornadoMath.exp(-x * x) * sum;
                }
                $T fraction = 0$;
                for (int n = %s; n > 0; n--) {
                    fraction = 0.5$ * n / (z + fraction);
                }
                $T tail = 1$ - TornadoMath.exp(-z * z) / (1.7724538509055159$ * (z + fraction));
                return z > %s$ ? (x > 0$ ? 1$ : -1$) : x > 0$ ? tail : x < 0$ ? -tail : x;
            }
            """;

        /** The greatest number that is not too large, and the size of the least. */
        static final String TO_LONG = """
            /** The integer part; zero for what is no number, the nearest for what is too large. */
            private static long toLong($T x) {
                $T z = TornadoMath.abs(x);
                $T high = TornadoMath.floor(z * 2.3283064365386963E-10$);
                $T rest = z - high * 4.294967296E9$;
                $T middle = TornadoMath.floor(rest * 1.52587890625E-5$);
                long size = ((long) (int) high << 32) + ((long) (int) middle << 16) + (int) (rest - middle * 65536$);
                long signed = x < 0$ ? -size : size;
                return x != x ? 0L : x > %s$ ? Long.MAX_VALUE : x < -%s$ ? Long.MIN_VALUE : signed;
            }
            """;

        /** The greatest number that is not too large, and the size of the least. */
        static final String TO_INT = """
            /** The integer part; zero for what is no number, the nearest for what is too large. */
            private static int toInt($T x) {
                return x != x ? 0 : x > %s$ ? Integer.MAX_VALUE : x < -%s$ ? Integer.MIN_VALUE : (int) x;
            }
            """;

        static final String RINT = """
            /** The nearest whole number, halves to even. */
            private static $T rint($T x) {
                $T down = TornadoMath.floor(x);
                $T rest = x - down;
                $T odd = down - 2$ * TornadoMath.floor(down * 0.5$);
                return rest > 0.5$ || rest == 0.5$ && odd == 1$ ? down + 1$ : down;
            }
            """;

        /** Steps are powers of two times the divisor, each but the last no more than half of what is left: nothing is rounded. */
        private static final String LONG_DIVISION = """
                $T size = TornadoMath.abs(b);
                $T rest = TornadoMath.abs(a);
                $T step = size;
                int doublings = 0;
                while (step > 0$ & (step < rest - step | step == rest - step)) {
                    step = step + step;
                    doublings++;
                }
            """;

        static final String MOD = """
            /** The remainder with the sign of the divisor, by long division: nothing is rounded. */
            private static $T mod($T a, $T b) {
            """ + LONG_DIVISION + """
                for (int i = doublings; i >= 0; i--) {
                    rest = rest < step ? rest : rest - step;
                    step = step * 0.5$;
                }
                $T same = b == 0$ ? b / b : a < 0$ ? -rest : rest;
                return (same < 0$ & b > 0$) | (same > 0$ & b < 0$) ? same + b : same;
            }
            """;

        static final String FLOOR_DIV = """
            /** The quotient, rounded to the nearest number, then towards minus infinity; by long division. */
            private static $T floorDiv($T a, $T b) {
            """ + LONG_DIVISION + """
                $T whole = 0$;
                for (int i = doublings; i >= 0; i--) {
                    whole = whole + whole + (rest < step ? 0$ : 1$);
                    rest = rest < step ? rest : rest - step;
                    step = step * 0.5$;
                }
                $T near = rest + rest > size ? whole + 1$ - (size - rest) / size : whole + rest / size;
                $T signed = a < 0$ & b > 0$ | a > 0$ & b < 0$ ? -near : near;
                return TornadoMath.floor(rest < size ? signed : a / b);
            }
            """;

        static final String POW = """
            /** The power, as Java has it: no number when the exponent is none, or infinite while x is one or minus one. */
            private static $T pow($T x, $T y) {
                $T none = y - y;
                return TornadoMath.abs(x) == 1$ & none != none ? none : TornadoMath.pow(x, y);
            }
            """;

        /** The function, its name, and its value after zero, one, two and three quarter turns. */
        static final String TURN = """
            /** The %s: its series after taking off quarter turns (Cody and Waite, 1980). */
            private static double %s(double x) {
                double quarters = TornadoMath.floor(x * 0.6366197723675814 + 0.5);
                double r = x - quarters * 1.5707963267341256 - quarters * 6.077100506506192e-11;
                double turn = quarters - 4 * TornadoMath.floor(quarters * 0.25);
                double s = r * r;
                double odd = r * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110 * (1 - s / 156))))));
                double even = 1 - s / 2 * (1 - s / 12 * (1 - s / 30 * (1 - s / 56 * (1 - s / 90 * (1 - s / 132 * (1 - s / 182))))));
                return turn == 0 ? %s : turn == 1 ? %s : turn == 2 ? %s : %s;
            }
            """;
    }
}
