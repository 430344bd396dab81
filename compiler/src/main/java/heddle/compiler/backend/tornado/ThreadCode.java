package heddle.compiler.backend.tornado;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.ScalarSource;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.Level;
import heddle.compiler.scheduled.Registers;
import heddle.compiler.scheduled.Span;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes actions as what one thread of a device does.
 *
 * <p>TornadoVM compiles lengths in as constants. From these and from the conditions of loops, its last phases can
 * decide other conditions, and TornadoVM cannot write a branch that is decided so late. So the counter of groups, the places in them and the
 * counters of loops on which conditions depend have a zero added to them, which TornadoVM takes for any small number.
 */
final class ThreadCode {
    private final DeviceScope scope;
    private final Registers registers;
    private final JavaText out;

    /** The loop over groups, once it is open. */
    private Optional<Action.For> groups = Optional.empty();

    ThreadCode(DeviceScope scope, JavaText out) {
        this(scope, new Registers(scope::fresh), out);
    }

    private ThreadCode(DeviceScope scope, Registers registers, JavaText out) {
        this.scope = scope;
        this.registers = registers;
        this.out = out;
    }

    private ThreadCode inner() {
        return new ThreadCode(scope, registers.inner(), out);
    }

    void write(List<Action> actions) {
        actions.forEach(action -> out.about(action, () -> write(action)));
    }

    private void write(Action action) {
        switch (action) {
            case Action.For f -> loop(f);
            case Action.At a -> {
                String index = index(a.index()) + (isHidden(a) ? " + zero" : "");
                out.line("int " + registers.declare(a.axis(), a) + " = " + index + ";");
            }
            case Action.Let l -> {
                String value = scope.value(registers.named(l.value()), out);
                out.line(type(l.variable()) + " " + registers.declare(l.variable(), l) + " = " + value + ";");
            }
            case Action.Assign a -> {
                String value = scope.value(registers.named(a.value()), out);
                out.line(registers.name(a.variable()) + " = " + value + ";");
            }
            case Action.Fold f -> fold(f);
            case Action.Store s -> scope.store(s.to(), registers.named(s.address()), registers.named(s.value()), out);
            case Action.Add a -> write(a.stored());
            case Action.When w -> {
                out.open("if (" + condition(w.condition()) + ")");
                inner().write(w.body());
                out.close();
            }
            case Action.Barrier b -> out.line("context.localBarrier();");
            default -> throw new IllegalStateException("not an action of a device: " + action);
        }
    }

    private static String type(Variable variable) {
        return Storage.of(variable.type()).variable();
    }

    private String index(ScalarExpr e) {
        return scope.indexes().of(registers.named(e));
    }

    private String condition(ScalarExpr e) {
        return e instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.AND
                ? a.args().stream().map(this::condition).collect(Collectors.joining(" && "))
                : scope.value(registers.named(e), out);
    }

    private void fold(Action.Fold f) {
        Folding folding = new Folding(f.kind(), f.result().type(), f.ignoresNaN());
        String result = registers.name(f.result());
        String next = ScalarSource.operand(scope.value(registers.named(f.value()), out));
        if (folding.readsTwice() && !next.matches("\\w+")) {
            String once = scope.fresh("next");
            out.line(type(f.result()) + " " + once + " = " + next + ";");
            next = once;
        }
        out.line(result + " = " + folding.of(result, next) + ";");
    }

    private void loop(Action.For f) {
        switch (f.level()) {
            case Level.OfDevice.GRID -> {
                String element = registers.declare(f.axis(), f);
                out.line("int " + element + " = context.globalIdx;");
                under(element, f);
            }
            case Level.OfDevice.GROUP -> group(f);
            case Level.OfDevice.THREAD -> {
                String thread = registers.declare(f.axis(), f);
                out.line("int " + thread + " = context.localIdx;");
                write(f.body());
            }
            case Level.OfDevice.REGISTER -> registers.each(f.axis(), () -> write(f.body()));
            default -> counted(f);
        }
    }

    private void group(Action.For f) {
        String group = registers.declare(f.axis(), f);
        out.line("int " + group + " = context.groupIdx;");
        out.line("int zero = context.localGroupSizeX >> 15; // which TornadoVM does not know");
        groups = Optional.of(f);
        under(group + " + zero", f);
    }

    /** Whether a place follows from the number of the group alone, and conditions depend on it. */
    private boolean isHidden(Action.At a) {
        return groups.filter(g -> ScalarExprs.reads(a.index(), g.axis()))
                .filter(g -> decides(a.axis(), g.body()))
                .isPresent();
    }

    private void under(String counter, Action.For f) {
        out.open("if (" + counter + " < " + scope.length(f.axis().extent()) + ")");
        write(f.body());
        out.close();
    }

    private void counted(Action.For f) {
        ThreadCode inner = inner();
        String at = inner.registers.declare(f.axis(), f);
        if (f.span() instanceof Span.Halves h) {
            out.open("for (int " + at + " = " + h.from() + "; " + at + " > 0; " + at + " >>= 1)");
        } else {
            open(f, at);
        }
        inner.write(f.body());
        out.close();
    }

    private void open(Action.For f, String at) {
        Span.Steps steps = f.span().steps(f.axis());
        String from = index(steps.from());
        String to = index(steps.to());
        boolean hidden = from.equals("0") && decides(f.axis(), f.body());
        if (steps.step() == 1 && from.equals("0")) {
            fromBelow(at, to, hidden);
        } else {
            String next = steps.step() == 1 ? at + "++" : at + " += " + steps.step();
            out.open("for (int " + at + " = " + (hidden ? "zero; " + at + " + zero" : from + "; " + at) + " < " + to
                    + "; " + next + ")");
        }
    }

    /**
     * Opens a loop from zero in steps of one. Its counter begins at minus one, because a counter that begins at zero and grows by one is
     * what makes PoCL compile a kernel wrongly now and then: it takes such a counter to be the same for all threads, and notes that by
     * the counter's address, which another value may have later.
     */
    private void fromBelow(String at, String to, boolean hidden) {
        String below = scope.fresh(at + "Below");
        String last = to.matches("\\d+") ? String.valueOf(Long.parseLong(to) - 1) : to + " - 1";
        out.open("for (int " + below + " = " + (hidden ? "zero - 1; " + below + " + zero" : "-1; " + below) + " < "
                + last + "; " + below + "++)");
        out.line("int " + at + " = " + below + " + 1;");
    }

    /** Whether the value of a counter decides conditions. */
    private static boolean decides(Axis counter, List<Action> actions) {
        Set<Axis> derived = Action.derived(counter, actions);
        return actions.stream()
                .anyMatch(a -> a.any(x -> x instanceof Action.When w && ScalarExprs.readsAny(w.condition(), derived)));
    }
}
