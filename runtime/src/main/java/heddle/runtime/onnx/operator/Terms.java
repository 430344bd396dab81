package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.source.Term.Items;
import heddle.runtime.onnx.source.Term.Length;
import heddle.runtime.onnx.source.Term.Literal;
import heddle.runtime.onnx.source.Term.Subscript;
import heddle.runtime.onnx.translate.Constants;
import heddle.runtime.onnx.translate.Known;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.KnownTerms;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.TensorTerms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Writes terms in few words. */
public final class Terms {
    private Terms() {}

    /** {@code function(x, name = value, ...)}: names and values in turn. */
    public static Term call(String function, Term x, Object... named) {
        return call(function, List.of(x), named);
    }

    /** {@code function(positions, name = value, ...)}: names and values in turn. */
    public static Term call(String function, List<Term> positions, Object... named) {
        List<Term.Argument> arguments = new ArrayList<>();
        positions.forEach(p -> arguments.add(Term.Argument.of(p)));
        for (int i = 0; i < named.length; i += 2) {
            arguments.add(Term.Argument.of((String) named[i], (Term) named[i + 1]));
        }
        return new Call(function, arguments);
    }

    public static Term plus(Term a, Term b) {
        return new Infix("+", a, b);
    }

    public static Term minus(Term a, Term b) {
        return new Infix("-", a, b);
    }

    public static Term times(Term a, Term b) {
        return new Infix("*", a, b);
    }

    public static Term over(Term a, Term b) {
        return new Infix("/", a, b);
    }

    public static Term square(Term x) {
        return new Infix("**", x, whole(2));
    }

    public static Term where(Term condition, Term a, Term b) {
        return Call.of("where", condition, a, b);
    }

    public static Term isNegative(Operand x) {
        return new Infix("<", x.term(), number(0, x.dtype()));
    }

    public static Term number(double value, DType dtype) {
        return Literal.of(value, dtype);
    }

    public static Term whole(long value) {
        return new Literal(Long.toString(value));
    }

    public static Term truth(boolean value) {
        return new Literal(Boolean.toString(value));
    }

    public static Term dtype(DType dtype) {
        return TensorTerms.word(dtype);
    }

    public static Term length(Dim dim) {
        return new Length(dim);
    }

    /** {@code [a, b]} of lengths. */
    public static Term lengths(List<Dim> dims) {
        return TensorTerms.lengths(dims);
    }

    /** {@code [a, b]} of whole numbers. */
    public static Term wholes(List<? extends Number> values) {
        return new Items(values.stream().map(v -> whole(v.longValue())).toList());
    }

    /** One axis as a number, several as a list. */
    public static Term axes(List<Integer> axes) {
        return axes.size() == 1 ? whole(axes.getFirst()) : wholes(axes);
    }

    public static Term reshape(Term x, List<Dim> shape) {
        return Call.of("reshape", x, lengths(shape));
    }

    public static Term cast(Term x, DType to) {
        return Call.of("cast", x, dtype(to));
    }

    /** The operand as numbers of a type. */
    public static Term as(Operand x, DType to) {
        return x.dtype() == to ? tensor(x) : cast(x.term(), to);
    }

    /** {@code x[:, ..., index]}: what stands for one axis, the others whole. */
    public static Term at(Term x, int axis, Index index) {
        List<Index> indices = new ArrayList<>(Collections.nCopies(axis, all()));
        indices.add(index);
        return new Subscript(x, indices);
    }

    /** {@code from:to} of one axis. */
    public static Term slice(Term x, int axis, Dim from, Dim to) {
        return at(x, axis, new Index.Range(Optional.of(length(from)), Optional.of(length(to)), Optional.empty()));
    }

    /** {@code :}. */
    public static Index all() {
        return new Index.Range(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A vector with axes of length one behind it, so that it runs along axis {@code axis} of a tensor of this rank. */
    public static Term along(Term vector, int axis, int rank) {
        if (axis == rank - 1) {
            return vector;
        }
        List<Index> indices = new ArrayList<>(List.of(all()));
        indices.addAll(Collections.nCopies(rank - 1 - axis, new Index.New()));
        return new Subscript(vector, indices);
    }

    /** The operand as a tensor of its own type, also where it is a number. */
    public static Term tensor(Operand x) {
        return TensorTerms.tensor(x);
    }

    /** The number that all elements of an operand are, if they are known to be one. */
    public static Optional<Double> number(Operand x) {
        return x.known().flatMap(KnownTerms::uniform).flatMap(Terms::number);
    }

    private static Optional<Double> number(Element element) {
        return switch (element) {
            case Element.Whole w ->
                w.value().isKnown() ? Optional.of((double) w.value().value()) : Optional.empty();
            case Element.Fraction f -> Optional.of(f.value());
            case Element.Truth t -> Optional.of(t.value() ? 1.0 : 0.0);
        };
    }

    /** The elements of an operand, also of one that is a weight because it has a name and a fraction. */
    public static Optional<Known> elements(NodeContext node, int operand) {
        return node.operand(operand).known().or(() -> node.tensor(operand).flatMap(Constants::known));
    }

    public static TensorType type(DType dtype, List<Dim> dims) {
        return new TensorType(dtype, new Shape(dims));
    }

    /** The product of lengths. */
    public static Dim product(List<Dim> dims) {
        return dims.stream().reduce(Dim.ONE, Dim::times);
    }

    /** A list with another element at a place. */
    public static <T> List<T> with(List<T> list, int index, T element) {
        List<T> result = new ArrayList<>(list);
        result.set(index, element);
        return result;
    }
}
