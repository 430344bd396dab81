package heddle.runtime.onnx.source;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An expression of the language, before it has a place in a text. TermRewriting are equal when they are written alike. */
public sealed interface Term {
    /** The terms that this one is made of, from left to right; none for one that has no parts. */
    default Stream<Term> parts() {
        return switch (this) {
            case Ref ref -> Stream.of();
            case Name name -> Stream.of();
            case Literal literal -> Stream.of();
            case Length length -> Stream.of();
            case Text text -> Stream.of();
            case Weight weight -> Stream.of();
            case Call call -> call.arguments().stream().map(Argument::term);
            case Infix infix -> Stream.of(infix.left(), infix.right());
            case Prefix prefix -> Stream.of(prefix.operand());
            case Items items -> items.terms().stream();
            case Subscript s ->
                Stream.concat(Stream.of(s.operand()), s.indices().stream().flatMap(Index::parts));
        };
    }

    /** The values that it reads, as often as it reads them. */
    default Stream<Value> reads() {
        return this instanceof Ref ref ? Stream.of(ref.value()) : parts().flatMap(Term::reads);
    }

    /** A value by its name. */
    record Ref(Value value) implements Term {}

    /** A name of the source that is no value of the file: a parameter, a loop's variable, a constant of the model. */
    record Name(String text) implements Term {}

    /** A number or word of the language, as it is written: {@code 1.5}, {@code -inf}, {@code true}, {@code f32}. */
    record Literal(String text) implements Term {
        /** The shortest text that the language reads as the same number of this type; a float has a point, an exponent or {@code inf}. */
        public static Literal of(double number, DType dtype) {
            return new Literal(NumberText.of(number, dtype));
        }
    }

    /** A length, or a number made of lengths: {@code 2*N - 1}. */
    record Length(Dim dim) implements Term {}

    /** A text, without its quotes; braces in it are holes unless they are doubled. */
    record Text(String text) implements Term {}

    /** {@code function(arguments)}. */
    record Call(String function, List<Argument> arguments) implements Term {
        public Call {
            arguments = List.copyOf(arguments);
        }

        /** Of positions alone. */
        public static Call of(String function, Term... arguments) {
            return new Call(
                    function, List.of(arguments).stream().map(Argument::of).toList());
        }
    }

    /** {@code name = term}, or the term alone. */
    record Argument(Optional<String> name, Term term) {
        public static Argument of(Term term) {
            return new Argument(Optional.empty(), term);
        }

        public static Argument of(String name, Term term) {
            return new Argument(Optional.of(name), term);
        }
    }

    /** {@code left operator right}: one of {@code + - * / div % @ ** == != < <= > >= and or}. */
    record Infix(String operator, Term left, Term right) implements Term {}

    /** {@code -operand} or {@code not operand}. */
    record Prefix(String operator, Term operand) implements Term {}

    /** {@code operand[indices]}. */
    record Subscript(Term operand, List<Index> indices) implements Term {
        public Subscript {
            indices = List.copyOf(indices);
        }
    }

    /** What stands for one axis, or several, in a subscript. */
    sealed interface Index {
        private Stream<Term> parts() {
            return switch (this) {
                case At at -> Stream.of(at.term());
                case Range range ->
                    Stream.of(range.from(), range.to(), range.step()).flatMap(Optional::stream);
                case New added -> Stream.of();
                case Rest rest -> Stream.of();
            };
        }

        /** One element, or a tensor of indices. */
        record At(Term term) implements Index {}

        /** {@code from:to:step}, each left out where it is the whole axis. */
        record Range(Optional<Term> from, Optional<Term> to, Optional<Term> step) implements Index {}

        /** {@code new}. */
        record New() implements Index {}

        /** {@code ...}. */
        record Rest() implements Index {}
    }

    /**
     * {@code weight "name" : type}.
     *
     * @param name as the weight file has it; holes are not meant
     * @param held what stands behind {@code as}, such as {@code i8 per column scales "name"}; empty for the type itself
     */
    record Weight(String name, TensorType type, Optional<String> held) implements Term {}

    /** {@code [a, b]}. */
    record Items(List<Term> terms) implements Term {
        public Items {
            terms = List.copyOf(terms);
        }
    }
}
