package heddle.compiler.frontend.value;

import heddle.compiler.ir.Value;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.dsl.ast.Item;
import java.util.List;
import java.util.Optional;

/**
 * The value of an expression: a tensor, which exists when the model runs, or something that is known at compile time.
 */
public sealed interface Denotation {
    /** A value of the graph. */
    record Tensor(Value value) implements Denotation {
        public TensorType type() {
            return value.type();
        }

        public DType dtype() {
            return type().dtype();
        }

        public int rank() {
            return type().rank();
        }

        /** The length of an axis; negative axes count from the end. */
        public Dim dim(int axis) {
            return type().dim(axis);
        }
    }

    /** An exact integer or a length: {@code 12}, {@code N}, {@code 2*N - 1}. */
    record Length(Dim dim) implements Denotation {}

    /**
     * A number with a fraction: {@code 1e-5}, {@code inf}.
     *
     * @param of what it is computed by, when it is a function of a number: {@code log(16)}
     */
    record Real(double value, Optional<Application> of) implements Denotation {
        public Real(double value) {
            this(value, Optional.empty());
        }
    }

    /** A function of a number, whose result a type may hold only rounded. */
    record Application(ScalarFn fn, double argument) {}

    record Bool(boolean value) implements Denotation {}

    /** More elements than a list of known values has, those of lists in it among them, and characters than a text. */
    int MAX_SIZE = 1_000_000;

    /** A text, holes filled. */
    record Text(String value) implements Denotation {}

    /**
     * {@code [a, b]}, and what {@code split} gives.
     *
     * @param size the number of elements, those of lists in it among them
     */
    record Sequence(List<Denotation> elements, long size) implements Denotation {
        public Sequence {
            elements = List.copyOf(elements);
        }

        public Sequence(List<Denotation> elements) {
            this(
                    elements,
                    elements.stream()
                            .mapToLong(e -> e instanceof Sequence s ? s.size() + 1 : 1)
                            .sum());
        }
    }

    /** An element type: {@code f32}. */
    record ElementType(DType dtype) implements Denotation {}

    /** A function of the model with the names it sees. */
    record Closure(Item.Function declaration, Scope scope) implements Denotation {}

    /** A function of the language. */
    record Builtin(String name) implements Denotation {}

    /** Replaces the result of an expression with a mistake, so that the mistake is reported only once. */
    record Poison() implements Denotation {
        public static final Denotation VALUE = new Poison();
    }

    /** Whether this is a list or a text that has grown beyond what a model needs. */
    default boolean isTooLarge() {
        return switch (this) {
            case Sequence s -> s.size() > MAX_SIZE;
            case Text t -> t.value().length() > MAX_SIZE;
            default -> false;
        };
    }

    /** Whether this, or an element of it, was reported already. */
    default boolean isPoison() {
        return switch (this) {
            case Poison ignored -> true;
            case Sequence s -> s.elements().stream().anyMatch(Denotation::isPoison);
            default -> false;
        };
    }

    /** A number in the language's sense: {@link Length} or {@link Real}. */
    default boolean isNumber() {
        return this instanceof Length || this instanceof Real;
    }

    /** The integer this is, when it is one that is known. */
    default Optional<Long> integer() {
        return this instanceof Length l && l.dim().isKnown()
                ? Optional.of(l.dim().value())
                : Optional.empty();
    }

    static Denotation of(long value) {
        return new Length(Dim.of(value));
    }
}
