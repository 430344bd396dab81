package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.Captures;
import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.Names;
import heddle.compiler.backend.jvm.product.ProductMethods;
import heddle.compiler.backend.jvm.product.RowProductMethods;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;

/**
 * The state that the writers of one kernel share: the kernel, its class, its entry method, and the block of the entry.
 *
 * @param entry  the name of the entry method, and the prefix of the methods it calls
 * @param locals the entry method's variables: arrays, lengths, the indexes of parallel axes
 */
record KernelScope(ScheduledKernel scheduled, Processor target, ClassText members, String entry, Locals locals) {
    TileKernel kernel() {
        return scheduled.kernel();
    }

    /** The same with other variables. */
    KernelScope with(Locals others) {
        return new KernelScope(scheduled, target, members, entry, others);
    }

    /** The ends of a blocked axis in the entry method: {@code int} variables. */
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

    /** The methods that multiply tiles. */
    ProductMethods products() {
        return new ProductMethods(target, members);
    }

    /** The methods that multiply tiles of few rows. */
    RowProductMethods rowProducts() {
        return new RowProductMethods(target, members);
    }

    /** Scalar functions that the class gets. */
    Set<Support> support() {
        return members.support();
    }

    /**
     * Begins a private method for a part of the kernel that reads {@code captures}, and gives its scope. Everything
     * captured keeps its name.
     *
     * @param parameters more parameters, as Java declarations
     */
    Part part(String suffix, String returns, Captures captures, List<String> parameters) {
        String name = members.methodName(entry + suffix);
        SequencedSet<String> declared = new LinkedHashSet<>();
        SequencedSet<String> passed = new LinkedHashSet<>();
        Locals inner = locals.method();
        for (Buffer b : captures.buffers()) {
            Locals.Array a = locals.array(b);
            declared.add(Locals.arrayType(b) + " " + a.array());
            declared.add("int " + a.offset());
            passed.add(a.array());
            passed.add(a.offset());
        }
        for (Axis axis : captures.axes()) {
            if (locals.hasIndex(axis)) {
                String index = locals.index(axis);
                String variable = index.replace("(long) ", "");
                declared.add((variable.equals(index) ? "long " : "int ") + variable);
                passed.add(variable);
            }
        }
        for (String symbol : captures.symbols()) {
            declared.add("long " + Names.identifier(symbol));
            passed.add(Names.identifier(symbol));
        }
        for (ScalarExpr.Variable v : captures.variables()) {
            if (!locals.hasValue(v.name())) {
                continue;
            }
            String value = locals.value(v.name()).name();
            declared.add(Locals.type(v.type()) + " " + value);
            passed.add(value);
        }
        for (String p : parameters) {
            declared.add(p);
            passed.add(p.substring(p.lastIndexOf(' ') + 1));
        }
        JavaText text = members.method();
        text.open("private static " + returns + " " + name + "(" + String.join(", ", declared) + ")");
        return new Part(text, inner, name + "(" + String.join(", ", passed) + ")");
    }

    /** Begins the private method for actions that are compiled apart. */
    Part part(Action.Method method) {
        Captures captures = new Captures();
        method.body().forEach(captures::add);
        List<String> ends = new ArrayList<>();
        captures.blocks().forEach(axis -> ends.addAll(List.of("int " + from(axis), "int " + to(axis))));
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
