package heddle.cli.option;

import heddle.compiler.scalar.Philox;
import heddle.runtime.CompileOptions;
import java.util.function.DoublePredicate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the numbers that options take. A message says which would do. */
public final class OptionNumbers {
    private OptionNumbers() {}

    /** A number of threads. */
    public static final class Threads implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) whole(text, 1, CompileOptions.mostThreads());
        }
    }

    /** How often something is done. */
    public static final class Times implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) whole(text, 1, Integer.MAX_VALUE);
        }
    }

    /** A number of steps that may be none. */
    public static final class Steps implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return whole(text, 0, Long.MAX_VALUE);
        }
    }

    /** A number that is more than zero. */
    public static final class Positive implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x > 0, "a finite number, more than zero");
        }
    }

    /** A number that may be zero. */
    public static final class NotNegative implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x >= 0, "a finite number of zero or more");
        }
    }

    /** A share of something that is not the whole. */
    public static final class Share implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x >= 0 && x < 1, "a number from 0 up to 1, without 1");
        }
    }

    /** A seed of random numbers. */
    public static final class Seed implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
        }
    }

    /** A seed of training, of which 56 bits count. */
    public static final class TrainingSeed implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return whole(text, 0, Philox.SEEDS - 1);
        }
    }

    /** A time in seconds, which may be zero. */
    public static final class Seconds implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x >= 0, "a number of seconds, zero or more");
        }
    }

    /** A time limit in seconds. */
    public static final class Limit implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x > 0, "a number of seconds, more than zero");
        }
    }

    /** Part of a tolerance. */
    public static final class Tolerance implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return real(text, x -> x >= 0, "a tolerance, a finite number of zero or more");
        }
    }

    /**
     * A whole number.
     *
     * @param most inclusive
     * @throws TypeConversionException when the text is not such a number, or outside
     */
    public static long whole(String text, long least, long most) {
        try {
            long value = Long.parseLong(text);
            if (least <= value && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new TypeConversionException("'" + text + "' is not a whole number from " + least + " to " + most);
    }

    private static double real(String text, DoublePredicate range, String wanted) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value) && range.test(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new TypeConversionException("'" + text + "' is not " + wanted);
    }
}
