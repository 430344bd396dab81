package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Loads an operand, or a slice of it, into local memory, with all threads of a group. Beyond the ends of the tensor it
 * stores zeros.
 */
record Staging(Geometry geometry, Lanes lanes, DeviceScope scope) {
    /** @param part where a slice begins in the block of the axis that is summed over */
    void write(LocalArray array, ScalarExpr program, String tile, String part, JavaText out) {
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
        String own = position(array.own(), "0", first);
        String over = position(array.over(), part, second);
        at.bind(array.own(), operand(own));
        at.bind(array.over(), operand(over));
        String value = scope.fresh("value");
        List<String> guards = new ArrayList<>();
        guard(array.own(), first, own, array.ownWidth(), guards);
        guardOver(array, part, second, over, guards);
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

    /** A sum without its zeros. */
    private String position(Axis axis, String part, String within) {
        return Stream.of(lanes.from(axis), part, within)
                .filter(term -> !term.equals("0"))
                .collect(Collectors.joining(" + "));
    }

    private static String operand(String sum) {
        return sum.contains(" ") ? "(" + sum + ")" : sum;
    }

    private void guard(Axis axis, String within, String position, int width, List<String> guards) {
        boolean whole = geometry.isWhole(axis) && width == geometry.width(axis);
        if (!whole) {
            guards.add(position + " < " + scope.length(axis.extent()));
            if (width > geometry.width(axis) && geometry.isBlocked(axis)) {
                guards.add(within + " < " + geometry.width(axis));
            }
        }
    }

    /** The last slice may go on past the end of the block. */
    private void guardOver(LocalArray array, String part, String within, String position, List<String> guards) {
        Axis axis = array.over();
        int rest = geometry.width(axis) % array.overWidth();
        if (!geometry.isWhole(axis) || rest != 0) {
            guards.add(position + " < " + scope.length(axis.extent()));
        }
        if (rest != 0 && geometry.isBlocked(axis)) {
            guards.add(part + " + " + within + " < " + geometry.width(axis));
        }
    }
}
