package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.PositionSource;
import heddle.compiler.backend.emit.ScalarSource;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.backend.jvm.text.PackedElement;
import heddle.compiler.backend.jvm.text.ScalarFnCode;
import heddle.compiler.backend.jvm.text.Support;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scheduled.Action;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes scalar programs as plain Java: the general form, which every function and element type has. */
final class ScalarCode {
    /** Knows where elements lie better than their addresses say. */
    interface Positions {
        /** @param conditional whether nothing may be read ahead for the element */
        Optional<String> of(Element x, boolean conditional);
    }

    /** Knows no positions. */
    static final Positions NO_POSITIONS = (x, conditional) -> Optional.empty();

    private final Locals locals;
    private final Set<Support> support;
    private final JavaText out;
    private final Arrays arrays;
    private final ScalarSource source;

    /** @param out where local variables are declared */
    ScalarCode(Locals locals, Set<Support> support, JavaText out) {
        this(locals, support, out, NO_POSITIONS);
    }

    /** @param positions of elements along the loop this is the body of */
    ScalarCode(Locals locals, Set<Support> support, JavaText out, Positions positions) {
        this.locals = locals;
        this.support = support;
        this.out = out;
        this.arrays = new Arrays(locals, new ScalarFnCode(support), positions);
        this.source = new ScalarSource(arrays, out);
    }

    /** The value of a program as a Java expression. */
    String of(ScalarExpr e) {
        return source.of(e);
    }

    /** The value of a program as a Java expression that can be an operand of any operator. */
    String operand(ScalarExpr e) {
        return operand(of(e));
    }

    /** {@code text}, in parentheses unless it binds tighter than any operator. */
    static String operand(String text) {
        return ScalarSource.operand(text);
    }

    /** The position of an element that need not be read. */
    String position(String offset, ScalarExpr address) {
        return new PositionSource(locals::index, KernelScope::extent, source::of).of(offset, address);
    }

    /** Writes a store. */
    void store(Action.Store s) {
        String at = arrays.position(new Element(s.to(), s.address()), false, source);
        String value = of(KernelScope.stored(s));
        String array = locals.array(s.to()).array();
        Stored stored = s.to().stored();
        out.line(
                stored.isPacked()
                        ? PackedElement.store(stored, array, at, value, support)
                        : array + "[" + at + "] = " + value + ";");
    }

    /** Elements of Java arrays, and the functions of the JDK. */
    private record Arrays(Locals locals, ScalarFnCode functions, Positions positions) implements ScalarSource.Dialect {
        @Override
        public String index(ScalarExpr.Index index) {
            return locals.index(index.axis());
        }

        @Override
        public String length(ScalarExpr.Length length) {
            return operand(Locals.length(length.dim()));
        }

        @Override
        public String variable(ScalarExpr.Variable variable) {
            return locals.value(variable.name()).name();
        }

        @Override
        public String element(Element x, boolean conditional, ScalarSource source) {
            String at = position(x, conditional, source);
            String array = locals.array(x.buffer()).array();
            Stored stored = x.buffer().stored();
            return stored.isPacked()
                    ? PackedElement.loaded(stored, array, at, functions.support())
                    : array + "[" + at + "]";
        }

        String position(Element x, boolean conditional, ScalarSource source) {
            return positions
                    .of(x, conditional)
                    .orElseGet(() -> new PositionSource(locals::index, KernelScope::extent, source::expression)
                            .of(locals.array(x.buffer()).offset(), x.address()));
        }

        @Override
        public String apply(ScalarExpr.Apply e, List<String> args) {
            return functions.of(e, args);
        }

        @Override
        public String type(DType type) {
            return Locals.type(type);
        }

        @Override
        public String fresh(String wish) {
            return locals.fresh(wish);
        }
    }
}
