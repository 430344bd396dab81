package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.Captures;
import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.Names;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.backend.jvm.text.Support;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.Widening;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The state that the writers of one kernel share at the point where code is written: the kernel, its class, its entry method,
 * and the block.
 *
 * @param entry   the name of the entry method, and the prefix of the methods it calls
 * @param locals  the method's variables: arrays, lengths, the indexes of parallel axes
 * @param blocked the axes that are split into blocks here. The ends of their blocks are in variables.
 */
record KernelScope(
        ScheduledKernel scheduled,
        Processor target,
        ClassText members,
        String entry,
        Locals locals,
        Set<Axis> blocked) {
    /** The scope of the entry method, in blocks of the parallel axes. */
    static KernelScope of(ScheduledKernel scheduled, Processor target, ClassText members, String entry, Locals locals) {
        TileKernel kernel = scheduled.kernel();
        Set<Axis> blocked = kernel.parallel().stream().filter(kernel::isBlocked).collect(Collectors.toSet());
        return new KernelScope(scheduled, target, members, entry, locals, blocked);
    }

    TileKernel kernel() {
        return scheduled.kernel();
    }

    /** The same with other variables. */
    KernelScope with(Locals others) {
        return new KernelScope(scheduled, target, members, entry, others, blocked);
    }

    /** The same in a block of {@code axis}. */
    KernelScope within(Axis axis) {
        Set<Axis> inner = new HashSet<>(blocked);
        inner.add(axis);
        return new KernelScope(scheduled, target, members, entry, locals, inner);
    }

    boolean isBlocked(Axis axis) {
        return blocked.contains(axis);
    }

    /** The first index along an axis here: an {@code int} expression. */
    String first(Axis axis) {
        return isBlocked(axis) ? from(axis) : "0";
    }

    /** How many indexes there are. */
    String length(Axis axis) {
        return isBlocked(axis) ? to(axis) + " - " + from(axis) : extent(axis);
    }

    /** The ends of a blocked axis: {@code int} variables. */
    static String from(Axis axis) {
        return Names.identifier(axis.name() + "From");
    }

    static String to(Axis axis) {
        return Names.identifier(axis.name() + "To");
    }

    /** The extent of an axis as an {@code int} expression. */
    static String extent(Axis axis) {
        return extent(axis.extent());
    }

    /** A length as an {@code int} expression. */
    static String extent(Dim length) {
        return length.isKnown() ? Locals.length(length) : "(int) " + ScalarCode.operand(Locals.length(length));
    }

    /** Scalar functions that the class gets. */
    Set<Support> support() {
        return members.support();
    }

    /**
     * Begins a private method for a part of the kernel that reads {@code captures}, and gives its scope. Everything
     * captured keeps its name.
     *
     * @param numbers more parameters, each an {@code int}
     */
    Part part(String suffix, String returns, Captures captures, List<String> numbers) {
        String name = members.methodName(entry + suffix);
        Locals inner = locals.method();
        SequencedMap<String, String> types = new LinkedHashMap<>();
        for (Buffer b : captures.buffers()) {
            Locals.Array a = locals.array(b);
            types.put(a.array(), Locals.arrayType(b));
            types.put(a.offset(), "int");
        }
        for (Axis axis : captures.axes()) {
            if (locals.hasIndex(axis)) {
                String index = locals.index(axis);
                String variable = index.replace("(long) ", "");
                types.put(variable, variable.equals(index) ? "long" : "int");
            }
        }
        captures.symbols().forEach(symbol -> types.put(Names.length(symbol), "long"));
        for (ScalarExpr.Variable v : captures.variables()) {
            if (locals.hasValue(v.name())) {
                types.put(locals.value(v.name()).name(), Locals.type(v.type()));
            }
        }
        numbers.forEach(number -> types.put(number, "int"));
        String declared = types.entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", "));
        JavaText text = members.method();
        text.open("private static " + returns + " " + name + "(" + declared + ")");
        return new Part(text, inner, name + "(" + String.join(", ", types.keySet()) + ")");
    }

    /** Begins the private method for actions that are compiled apart. */
    Part part(Action.Method method) {
        Captures captures = new Captures();
        method.body().forEach(captures::add);
        List<String> ends = new ArrayList<>();
        captures.blocks().forEach(axis -> ends.addAll(List.of(from(axis), to(axis))));
        String returns = method.result().map(r -> Locals.type(r.type())).orElse("void");
        return part("_" + method.name(), returns, captures, ends);
    }

    /**
     * A private method being written.
     *
     * @param text   its body, open
     * @param locals its variables
     * @param call   the expression that calls it, where variables are called what its parameters are
     */
    record Part(JavaText text, Locals locals, String call) {}

    /** The value that a store writes to a buffer, rounded to the format of a sixteen-bit type. */
    static ScalarExpr stored(Action.Store store) {
        return Widening.stored(store.to().type().dtype(), store.value());
    }
}
