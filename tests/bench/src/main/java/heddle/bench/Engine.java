package heddle.bench;

import java.util.Random;

/** Something that computes one output of one model, of inputs that it was given before. */
interface Engine extends AutoCloseable {
    float[] run() throws Exception;

    @Override
    default void close() throws Exception {}

    /**
     * Fails unless two engines compute the same: times of different work do not compare.
     *
     * @param tolerance the largest difference of elements
     */
    static void requireSame(Engine a, Engine b, double tolerance) throws Exception {
        float[] x = a.run();
        float[] y = b.run();
        for (int n = 0; n < x.length; n++) {
            if (!(Math.abs(x[n] - y[n]) <= tolerance)) {
                throw new IllegalStateException("element " + n + " is " + x[n] + " and " + y[n]);
            }
        }
    }

    /** Elements for an input: normally distributed. */
    static float[] drawn(int length, long seed) {
        Random random = new Random(seed);
        float[] elements = new float[length];
        for (int n = 0; n < length; n++) {
            elements[n] = (float) random.nextGaussian();
        }
        return elements;
    }
}
