package heddle.dsl.ast;

import heddle.dsl.source.Span;
import java.util.List;
import java.util.Optional;

/** An expression as written. */
public sealed interface Expr {
    Span span();

    /** {@code 12} or {@code 1_000}. */
    record IntLiteral(long value, Span span) implements Expr {}

    /** {@code 1.5}, {@code 1e-5}; also the name {@code inf}. */
    record FloatLiteral(double value, Span span) implements Expr {}

    /** {@code true} or {@code false}. */
    record BoolLiteral(boolean value, Span span) implements Expr {}

    /** {@code "text"}, escapes resolved. */
    record StringLiteral(String value, Span span) implements Expr {}

    /** A name that stands for a value. */
    record Ref(String name, Span span) implements Expr {}

    /** {@code [a, b, c]}. */
    record ListLiteral(List<Expr> elements, Span span) implements Expr {
        public ListLiteral {
            elements = List.copyOf(elements);
        }
    }

    /** Prefix operators. */
    enum UnaryOp {
        NEGATE("-"),
        NOT("not");

        public final String symbol;

        UnaryOp(String symbol) {
            this.symbol = symbol;
        }
    }

    record Unary(UnaryOp op, Expr operand, Span span) implements Expr {}

    /** Infix operators, in no particular order; the grammar fixes how they bind. */
    enum BinaryOp {
        OR("or"),
        AND("and"),
        EQ("=="),
        NE("!="),
        LT("<"),
        LE("<="),
        GT(">"),
        GE(">="),
        ADD("+"),
        SUB("-"),
        MUL("*"),
        DIV("/"),
        FLOOR_DIV("div"),
        MOD("%"),
        MATMUL("@"),
        POW("**");

        public final String symbol;

        BinaryOp(String symbol) {
            this.symbol = symbol;
        }
    }

    /** @param opSpan the operator sign itself, where a mismatch of both sides is reported */
    record Binary(BinaryOp op, Expr left, Expr right, Span opSpan, Span span) implements Expr {}

    /** One argument of a call, by place or by name: {@code axis = -1}. */
    record Argument(Optional<Name> name, Expr value) {
        public Span span() {
            return name.map(n -> n.span().to(value.span())).orElse(value.span());
        }
    }

    /** A call of a function or a catalogue operation. */
    record Call(Name callee, List<Argument> arguments, Span span) implements Expr {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /** One subscript of {@code x[...]}. */
    sealed interface Subscript {
        Span span();

        /** A single index: {@code x[0]}; an integer drops the axis, an index tensor gathers along it. */
        record At(Expr index) implements Subscript {
            @Override
            public Span span() {
                return index.span();
            }
        }

        /** {@code start:stop:step}, each part optional. */
        record Range(Optional<Expr> start, Optional<Expr> stop, Optional<Expr> step, Span span) implements Subscript {}

        /** {@code ...}: as many whole axes as are missing. */
        record Ellipsis(Span span) implements Subscript {}

        /** {@code new}: inserts an axis of length one. */
        record NewAxis(Span span) implements Subscript {}
    }

    /** {@code x[0, 1:N, ..., new]}. */
    record Index(Expr base, List<Subscript> subscripts, Span span) implements Expr {
        public Index {
            subscripts = List.copyOf(subscripts);
        }
    }

    /**
     * {@code weight "encoder.layer.{l}.query.weight" : f32[hidden, hidden]}.
     *
     * @param template the name in the weight file; {@code {expression}} holes take compile-time values
     * @param held     what the file holds for each element, when it is said
     * @param initial  what training begins with, when it is said
     */
    record Weight(StringLiteral template, TypeExpr type, Optional<Held> held, Optional<Initial> initial, Span span)
            implements Expr {}

    /**
     * {@code as i8 per column scales "encoder.layer.{l}.query.scale"}.
     *
     * @param stored what an element is held as
     * @param per    what has a scale of its own: {@code row}, {@code column} or {@code block}
     * @param scales the name of the scales in the weight file
     */
    record Held(Name stored, Optional<Name> per, Optional<StringLiteral> scales, Span span) {}

    /** {@code normal(0.02)}, {@code zeros}: the elements that a weight has when its training begins. */
    record Initial(Name name, List<Argument> arguments, Span span) {
        public Initial {
            arguments = List.copyOf(arguments);
        }
    }

    /** {@code if c then a else b}; the condition is known when the model is compiled. */
    record If(Expr condition, Expr then, Expr otherwise, Span span) implements Expr {}
}
