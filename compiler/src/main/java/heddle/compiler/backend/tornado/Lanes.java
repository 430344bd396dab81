package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.scalar.Axis;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The indices of a thread's rows and columns. Beyond the end of an axis, programs are given the last index, so that
 * they read only existing elements. Their results there are not used.
 */
final class Lanes {
    private final Geometry geometry;
    private final DeviceScope scope;
    private final List<String> rows = new ArrayList<>();
    private final Map<Axis, List<String>> columns = new HashMap<>();

    Lanes(Geometry geometry, DeviceScope scope) {
        this.geometry = geometry;
        this.scope = scope;
    }

    /** Declares the index of each row of the thread. */
    void declareRows(JavaText out) {
        Axis axis = geometry.row();
        for (int r = 0; r < geometry.rows(); r++) {
            rows.add(declare(axis, row(r), r, out));
        }
    }

    /** Declares the index of each column along {@code axis}, once in a block. */
    void declareColumns(Axis axis, JavaText out) {
        if (columns.containsKey(axis)) {
            return;
        }
        List<String> names = new ArrayList<>();
        for (int c = 0; c < geometry.columns(axis); c++) {
            names.add(declare(axis, column(axis, c), c, out));
        }
        columns.put(axis, names);
    }

    private String declare(Axis axis, String index, int number, JavaText out) {
        String name = scope.fresh(axis.name() + number);
        boolean inside = geometry.isWhole(axis) && covers(axis);
        String last = axis.extent().isKnown()
                ? String.valueOf(Math.max(0, axis.extent().value() - 1))
                : scope.length(axis.extent()) + " - 1";
        out.line("int " + name + " = " + (inside ? index : "TornadoMath.min(" + index + ", " + last + ")") + ";");
        return name;
    }

    /** Whether threads have no columns past the end of a block. */
    private boolean covers(Axis axis) {
        return axis.equals(geometry.row())
                ? geometry.rows() * geometry.threadRows() == geometry.width(axis)
                : geometry.columns(axis) * geometry.threadColumns() == geometry.width(axis);
    }

    /** Where the block of an axis begins. */
    String from(Axis axis) {
        return geometry.isBlocked(axis) ? scope.bound(Counting.from(axis)) : "0";
    }

    /** The last index of the block of an axis. */
    String last(Axis axis) {
        String end = from(axis) + " + " + (geometry.width(axis) - 1);
        return geometry.isWhole(axis)
                ? "(" + end + ")"
                : "TornadoMath.min(" + end + ", " + scope.length(axis.extent()) + " - 1)";
    }

    private String row(int r) {
        String from = from(geometry.row());
        return (from.equals("0") ? "" : from + " + ") + "row" + plus(r);
    }

    private String column(Axis axis, int c) {
        String from = from(axis);
        return (from.equals("0") ? "" : from + " + ") + "column" + plus(c * geometry.threadColumns());
    }

    private static String plus(int n) {
        return n == 0 ? "" : " + " + n;
    }

    /** The place of a column in a local array with {@code pitch} elements for each. */
    String column(int c, int pitch) {
        String column = c == 0 ? "column" : "(column" + plus(c * geometry.threadColumns()) + ")";
        return column + " * " + pitch;
    }

    /** Binds the index of a row, and of a column when there is one. */
    void bind(DeviceScope at, int r, Optional<Axis> column, int c) {
        at.bind(geometry.row(), rows.get(r));
        column.ifPresent(axis -> at.bind(axis, columns.get(axis).get(c)));
    }

    /** A condition that says whether a column is one; empty when it always is. */
    String isWithin(Axis axis, int c) {
        return geometry.isWhole(axis) && covers(axis) ? "" : column(axis, c) + " < " + scope.length(axis.extent());
    }

    /** A condition that says whether a row is one; empty when it always is. */
    String isRow(int r) {
        Axis axis = geometry.row();
        return geometry.isWhole(axis) && covers(axis) ? "" : row(r) + " < " + scope.length(axis.extent());
    }
}
