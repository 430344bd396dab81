package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.scalar.Axis;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.function.ToIntFunction;

/** Splits a number into the indices of several axes, of which the last moves fastest. */
final class Counting {
    private final List<Axis> axes;
    private final ToIntFunction<Axis> blocks;

    /** Counts single indexes along {@code axes}. */
    Counting(List<Axis> axes) {
        this(axes, axis -> 1);
    }

    /** Counts blocks along {@code axes}. @param blocks how many indexes a block has along an axis */
    Counting(List<Axis> axes, ToIntFunction<Axis> blocks) {
        this.axes = axes;
        this.blocks = blocks;
    }

    /** How many there are. */
    Dim count() {
        return axes.stream().map(this::count).reduce(Dim.ONE, Dim::times);
    }

    private Dim count(Axis axis) {
        return axis.extent().ceilDiv(Dim.of(blocks.applyAsInt(axis)));
    }

    /**
     * Declares an {@code int} for the index along each axis of single indexes, and binds it; for a blocked axis, one for
     * where its block begins.
     */
    void write(String number, DeviceScope scope, JavaText out) {
        String rest = number;
        List<Axis> counted = axes.stream().filter(a -> !count(a).is(1)).toList();
        for (Axis axis : axes.reversed()) {
            int block = blocks.applyAsInt(axis);
            String name = scope.fresh(block > 1 ? from(axis) : axis.name());
            String index = "0";
            if (counted.contains(axis)) {
                boolean last = axis.equals(counted.getFirst());
                String length = operand(scope.length(count(axis)));
                index = last ? rest : rest + " % " + length;
                if (!last) {
                    String outer = scope.fresh("rest");
                    out.line("int " + outer + " = " + rest + " / " + length + ";");
                    rest = outer;
                }
            }
            out.line("int " + name + " = " + index + (block > 1 && !index.equals("0") ? " * " + block : "") + ";");
            if (block > 1) {
                scope.bind(from(axis), name);
            } else {
                scope.bind(axis, name);
            }
        }
    }

    private static String operand(String length) {
        return length.contains(" ") ? "(" + length + ")" : length;
    }

    /** The name of the first index of a block. */
    static String from(Axis axis) {
        return axis.name() + "From";
    }
}
