package heddle.tests.onnx.file;

import static heddle.tests.onnx.file.GraphWriter.BOOL;
import static heddle.tests.onnx.file.GraphWriter.FLOAT;
import static heddle.tests.onnx.file.GraphWriter.attr;
import static heddle.tests.onnx.file.GraphWriter.tensor;

/** Masks of decoders as transformers' own modules compute them, from lengths alone. */
final class DecoderMask {
    private static final float LOWEST = -Float.MAX_VALUE;

    private DecoderMask() {}

    /** [1, 1, length, length], the lowest number above the diagonal: rows and columns are counted and compared. */
    static String triangle(ModelWriter g, String ids) {
        String length = g.dim(ids, 1);
        String low = g.op("ConstantOfShape", g.lengths(length, length), attr("value", tensor(new float[] {LOWEST}, 1)));
        String row = g.op("Range", g.scalar(0), length, g.scalar(1));
        String column = g.reshape(g.add(row, g.scalar(1)), length, 1);
        String filled = g.op("Where", g.op("Less", row, column), g.constant(0f), low);
        return g.unsqueeze(g.unsqueeze(filled, 0), 1);
    }

    /** The same for each text, with the lowest number for padding too: [batch, 1, length, length]. */
    static String filled(ModelWriter g, String ids, String padding) {
        String triangle = triangle(g, ids);
        String length = g.dim(ids, 1);
        String wide =
                g.cast(g.expand(g.unsqueeze(g.unsqueeze(padding, 1), 2), g.dim(ids, 0), 1, length, length), FLOAT);
        String turned = g.op("Sub", g.constant(1f), wide);
        String masked = g.op("Where", g.cast(turned, BOOL), g.constant(LOWEST), turned);
        String all = g.expand(triangle, g.dim(ids, 0), 1, length, length);
        return g.op("Where", g.cast(masked, BOOL), g.constant(LOWEST), all);
    }
}
