package heddle.compiler.scalar;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.List;

/**
 * A value at one index of a kernel's loops: the common language of elementwise chains, score programs, masks,
 * prologues, epilogues and addresses. Addresses are i64 expressions too, so views, broadcasts, reshapes and gathers
 * become arithmetic, and nothing is copied for them.
 *
 * <p>A part may occur many times in an expression, at every level. All work on expressions takes time in proportion to
 * the number of distinct parts, not to the length of the expression when written out.
 */
public sealed interface ScalarExpr
        permits ScalarExpr.Literal,
                ScalarExpr.IntLiteral,
                ScalarExpr.Index,
                ScalarExpr.Length,
                ScalarExpr.Variable,
                SharedExpr {
    DType type();

    /** A float or bool (0 or 1) constant. */
    record Literal(DType type, double value) implements ScalarExpr {
        @Override
        public String toString() {
            return type == DType.BOOL ? String.valueOf(value != 0) : String.valueOf(value);
        }
    }

    /** An integer constant. */
    record IntLiteral(DType type, long value) implements ScalarExpr {
        @Override
        public String toString() {
            return String.valueOf(value);
        }
    }

    /** The current index along an axis. */
    record Index(Axis axis) implements ScalarExpr {
        @Override
        public DType type() {
            return DType.I64;
        }

        @Override
        public String toString() {
            return axis.name();
        }
    }

    /** A length, known at the latest when the model runs. */
    record Length(Dim dim) implements ScalarExpr {
        @Override
        public DType type() {
            return DType.I64;
        }

        @Override
        public String toString() {
            return dim.asSymbol().orElse("(" + dim + ")");
        }
    }

    /** The element of a buffer at a flat row-major address. */
    final class Element extends SharedExpr {
        private final Buffer buffer;

        public Element(Buffer buffer, ScalarExpr address) {
            super(31 * buffer.hashCode() + address.hashCode(), List.of(address));
            this.buffer = buffer;
        }

        public Buffer buffer() {
            return buffer;
        }

        public ScalarExpr address() {
            return operands().getFirst();
        }

        @Override
        public DType type() {
            return buffer.type().dtype();
        }

        /** The element at another address; this one when it is no other. */
        @Override
        public Element with(List<ScalarExpr> operands) {
            return isOf(operands) ? this : new Element(buffer, operands.getFirst());
        }

        @Override
        boolean isLike(SharedExpr other) {
            return other instanceof Element e && buffer.equals(e.buffer);
        }
    }

    /**
     * An element of an operand, with one i64 index for each of its axes: what an operation reads before tensors have buffers.
     *
     * <p>An {@link Element} takes its place when the operation becomes a kernel.
     */
    final class Read extends SharedExpr {
        private final int slot;
        private final TensorType tensor;

        /**
         * @param slot   which operand
         * @param tensor its type
         * @param index  one for each axis
         */
        public Read(int slot, TensorType tensor, List<ScalarExpr> index) {
            super((31 * slot + tensor.hashCode()) * 31 + index.hashCode(), index);
            if (index.size() != tensor.rank()) {
                throw new IllegalArgumentException(
                        "an element of " + tensor + " has " + tensor.rank() + " indexes, not " + index.size());
            }
            this.slot = slot;
            this.tensor = tensor;
        }

        public int slot() {
            return slot;
        }

        /** The type of the operand. */
        public TensorType tensor() {
            return tensor;
        }

        public List<ScalarExpr> index() {
            return operands();
        }

        /** What programs call an operand: {@code x0}, {@code x1}, … */
        public static String name(int slot) {
            return "x" + slot;
        }

        @Override
        public DType type() {
            return tensor.dtype();
        }

        /** The element at another index; this one when it is no other. */
        @Override
        public Read with(List<ScalarExpr> index) {
            return isOf(index) ? this : new Read(slot, tensor, index);
        }

        @Override
        boolean isLike(SharedExpr other) {
            return other instanceof Read r && slot == r.slot && tensor.equals(r.tensor);
        }
    }

    /** A value computed before, by name: {@code score}, {@code acc}, a tile or a row reduction. */
    record Variable(String name, DType type) implements ScalarExpr {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A function of other values. */
    final class Apply extends SharedExpr {
        private final ScalarFn fn;
        private final DType type;

        public Apply(ScalarFn fn, DType type, List<ScalarExpr> args) {
            super((31 * fn.hashCode() + type.hashCode()) * 31 + args.hashCode(), args);
            this.fn = fn;
            this.type = type;
        }

        public ScalarFn fn() {
            return fn;
        }

        @Override
        public DType type() {
            return type;
        }

        public List<ScalarExpr> args() {
            return operands();
        }

        /** The same function of other arguments; this one when they are no others. */
        @Override
        public Apply with(List<ScalarExpr> arguments) {
            return isOf(arguments) ? this : new Apply(fn, type, arguments);
        }

        @Override
        boolean isLike(SharedExpr other) {
            return other instanceof Apply a && fn == a.fn && type == a.type;
        }
    }

    /** {@code fn(args)}. @throws IllegalArgumentException when the argument types do not fit */
    static ScalarExpr apply(ScalarFn fn, ScalarExpr... args) {
        List<ScalarExpr> list = List.of(args);
        DType type = fn.resultType(list.stream().map(ScalarExpr::type).toList())
                .orElseThrow(() -> new IllegalArgumentException("no " + fn.text() + " of " + list));
        return new Apply(fn, type, list);
    }

    /** {@code arg} converted to {@code type}; {@code arg} itself when it has that type. */
    static ScalarExpr cast(DType type, ScalarExpr arg) {
        return arg.type() == type ? arg : new Apply(ScalarFn.CAST, type, List.of(arg));
    }

    /** Zero, or false. */
    static ScalarExpr zero(DType type) {
        return type.isInt() ? new IntLiteral(type, 0) : new Literal(type, 0);
    }

    /** An i64 constant. */
    static ScalarExpr of(long value) {
        return new IntLiteral(DType.I64, value);
    }

    /** A length as an i64 value. */
    static ScalarExpr of(Dim dim) {
        return dim.isKnown() ? of(dim.value()) : new Length(dim);
    }

    static ScalarExpr of(Axis axis) {
        return new Index(axis);
    }
}
