package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.type.Scales;

/** The values of quantised weights. */
final class ScaledWeight {
    private ScaledWeight() {}

    /**
     * What is held times its scales, in double precision.
     *
     * @param held   {@code [.., rows, columns]}
     * @param scales of the shape that {@link Scales#shape} says
     */
    static NdArray of(NdArray held, NdArray scales, Scales.Per per) {
        int rank = held.shape().length;
        int columns = Math.toIntExact(held.shape()[rank - 1]);
        int rows = Math.toIntExact(held.shape()[rank - 2]);
        int blocks = Math.ceilDiv(columns, Scales.BLOCK);
        double[] values = new double[held.data().length];
        for (int i = 0; i < values.length; i++) {
            int row = i / columns;
            int column = i % columns;
            int scale = switch (per) {
                case ROW -> row;
                case COLUMN -> row / rows * columns + column;
                case BLOCK -> row * blocks + column / Scales.BLOCK;
            };
            values[i] = held.data()[i] * scales.data()[scale];
        }
        return new NdArray(held.dtype(), held.shape(), values);
    }
}
