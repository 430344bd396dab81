package heddle.runtime.text;

import heddle.runtime.tensor.Tensor;

/** Measures how similar vectors are. */
public final class Similarity {
    private Similarity() {}

    /** The cosine between two rows of an f32 matrix. */
    public static double cosine(Tensor rows, int a, int b) {
        int width = Math.toIntExact(rows.shape()[1]);
        float[] x = rows.floats();
        double dot = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < width; i++) {
            double p = x[a * width + i];
            double q = x[b * width + i];
            dot += p * q;
            xx += p * p;
            yy += q * q;
        }
        return dot / Math.sqrt(xx * yy);
    }
}
