package heddle.compiler.target.tornado;

import heddle.compiler.target.source.JavaText;
import heddle.compiler.tile.Axis;
import heddle.compiler.tile.ScalarExpr;
import java.util.ArrayList;
import java.util.List;

/** Brings an operand into local memory, all threads of a group together; past the ends of the tensor there are zeros. */
record Staging(Geometry geometry, Lanes lanes, DeviceScope scope) {
    void write(LocalArray array, ScalarExpr program, String tile, JavaText out) {
        boolean alongOver = LocalMemory.runsAlong(program, array.over());
        int inner = alongOver ? array.overWidth() : array.ownWidth();
        int elements = array.overWidth() * array.ownWidth();
        String x = scope.fresh("x");
        String first = scope.fresh(array.own().name() + "At");
        String second = scope.fresh(array.over().name() + "At");
        String outerOf = inner == 1 ? x : x + " / " + inner;
        String innerOf = inner == 1 ? "0" : x + " % " + inner;
        out.line("// " + tile);
        out.open("for (int " + x + " = thread; " + x + " < " + elements + "; " + x + " += " + geometry.threads() + ")");
        out.line("int " + first + " = " + (alongOver ? outerOf : innerOf) + ";");
        out.line("int " + second + " = " + (alongOver ? innerOf : outerOf) + ";");
        DeviceScope at = scope.inner();
        at.bind(array.own(), position(array.own(), first));
        at.bind(array.over(), position(array.over(), second));
        String value = scope.fresh("value");
        List<String> guards = new ArrayList<>();
        guard(array.own(), first, array.ownWidth(), guards);
        guard(array.over(), second, array.overWidth(), guards);
        String type = array.storage().variable();
        if (guards.isEmpty()) {
            out.line(type + " " + value + " = " + at.value(program, out) + ";");
        } else {
            out.line(type + " " + value + " = " + array.storage().zero() + ";");
            out.open("if (" + String.join(" && ", guards) + ")");
            out.line(value + " = " + at.value(program, out) + ";");
            out.close();
        }
        out.line(array.name() + "[" + second + " * " + array.pitch() + " + " + first + "] = " + value + ";");
        out.close();
    }

    private String position(Axis axis, String within) {
        String from = lanes.from(axis);
        return from.equals("0") ? within : "(" + from + " + " + within + ")";
    }

    private void guard(Axis axis, String within, int width, List<String> guards) {
        boolean whole = geometry.isWhole(axis) && width == geometry.width(axis);
        if (!whole) {
            String position = position(axis, within);
            String at = position.startsWith("(") ? position.substring(1, position.length() - 1) : position;
            guards.add(at + " < " + scope.length(axis.extent()));
            if (width > geometry.width(axis) && geometry.isBlocked(axis)) {
                guards.add(within + " < " + geometry.width(axis));
            }
        }
    }
}
