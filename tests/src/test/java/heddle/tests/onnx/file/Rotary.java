package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.tensor;

/** Rotary positions: halves of a head turn by angles that grow with the position. */
final class Rotary {
    private Rotary() {}

    /** cos and sin of [batch, 1, length, width] by a product of positions and frequencies. */
    static String[] angles(ModelWriter g, String positions, int width) {
        float[] inverse = new float[width / 2];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = (float) Math.pow(10000, -2.0 * i / width);
        }
        String frequencies = g.constant(tensor(inverse, 1, width / 2, 1));
        String places = g.cast(g.unsqueeze(positions, 1), FLOAT);
        String product = g.transpose(g.matmul(frequencies, places), 0, 2, 1);
        String both = g.concat(-1, product, product);
        return new String[] {g.unsqueeze(g.op("Cos", both), 1), g.unsqueeze(g.op("Sin", both), 1)};
    }

    /** x · cos + rotate_half(x) · sin. */
    static String turned(ModelWriter g, String x, String[] angles, int width) {
        String first = g.slice(x, 3, 0, width / 2);
        String second = g.slice(x, 3, width / 2, Long.MAX_VALUE);
        String half = g.concat(-1, g.op("Neg", second), first);
        return g.add(g.mul(x, angles[0]), g.mul(half, angles[1]));
    }

    /** The first {@code turned} numbers of a head, with angles from tables that are gathered; the others stay. */
    static String partly(ModelWriter g, String x, String positions, int width, int turned) {
        int rows = 64;
        float[] cos = new float[rows * turned];
        float[] sin = new float[rows * turned];
        for (int p = 0; p < rows; p++) {
            for (int i = 0; i < turned; i++) {
                double angle = p * Math.pow(10000, -2.0 * (i % (turned / 2)) / turned);
                cos[p * turned + i] = (float) Math.cos(angle);
                sin[p * turned + i] = (float) Math.sin(angle);
            }
        }
        String[] angles = {
            g.unsqueeze(g.op("Gather", g.constant(tensor(cos, rows, turned)), positions, attr("axis", 0)), 1),
            g.unsqueeze(g.op("Gather", g.constant(tensor(sin, rows, turned)), positions, attr("axis", 0)), 1)
        };
        String front = turned(g, g.slice(x, 3, 0, turned), angles, turned);
        return g.concat(-1, front, g.slice(x, 3, turned, Long.MAX_VALUE));
    }
}
