package heddle.compiler.frontend.value;

import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.Builtin;
import heddle.compiler.frontend.value.Denotation.Closure;
import heddle.compiler.frontend.value.Denotation.ElementType;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Poison;
import heddle.compiler.frontend.value.Denotation.Real;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Denotation.Text;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Input;
import heddle.compiler.op.Weight;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.source.Span;
import java.util.Optional;

/** The words that messages use for values. */
public final class Words {
    private Words() {}

    /** {@code f32[B, N]}, {@code the integer 3}, {@code the length 2*N}, {@code a list of 2}. */
    public static String describe(Denotation value) {
        return switch (value) {
            case Tensor t -> t.type().toString();
            case Length l -> (l.dim().isKnown() ? "the integer " : "the length ") + l.dim();
            case Real r -> "the number " + number(r.value());
            case Bool b -> Boolean.toString(b.value());
            case Text t -> "the text \"" + t.value() + "\"";
            case Sequence s -> "a list of " + s.elements().size();
            case ElementType e -> "the element type " + e.dtype();
            case Closure c -> "the function " + c.declaration().name();
            case Builtin b -> "the function " + b.name();
            case Poison ignored -> "a value that could not be computed";
        };
    }

    /** A number as the language writes it: {@code 0.5}, {@code 3.0}, {@code 1e-5}, {@code -inf}. */
    public static String number(double value) {
        if (Double.isInfinite(value)) {
            return value < 0 ? "-inf" : "inf";
        }
        return Double.toString(value).replace(".0E", "e").replace('E', 'e');
    }

    /** {@code 1 argument}, {@code 2 arguments}. */
    public static String count(long n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }

    /** {@code 1 axis}, {@code 2 axes}. */
    public static String axes(long n) {
        return n == 1 ? "1 axis" : n + " axes";
    }

    /**
     * Adds to a diagnostic where an operand's shape comes from: the declaration of an input or weight, or the
     * expression behind a name, when that is not the operand itself.
     */
    public static Diagnostic origin(Diagnostic diagnostic, Operand operand) {
        if (!(operand.value() instanceof Tensor tensor)) {
            return diagnostic;
        }
        Node node = tensor.value().node();
        Optional<Span> place = node.origin().spans().stream()
                .filter(s -> !covers(s, operand.span()))
                .findFirst();
        if (place.isEmpty()) {
            return diagnostic;
        }
        String what = switch (node.op()) {
            case Input i -> "input " + i.key() + " is " + tensor.type();
            case Weight w -> "weight \"" + w.key() + "\" is " + tensor.type();
            default -> "`" + written(operand, "the value") + "` is made here: " + tensor.type();
        };
        return diagnostic.related(place.get(), what);
    }

    /** Whether a place contains the other, so that it says nothing new. */
    private static boolean covers(Span outer, Span inner) {
        return outer.file().equals(inner.file()) && outer.start() <= inner.start() && inner.end() <= outer.end();
    }

    /** Adds both sides of an operator and where their shapes come from. */
    public static Diagnostic both(Diagnostic diagnostic, Operand a, Operand b) {
        Diagnostic sides = diagnostic.related(a.span(), describe(a.value())).related(b.span(), describe(b.value()));
        return origin(origin(sides, a), b);
    }

    /** An operand as a hint can repeat it: its source when that is short, else {@code otherwise}. */
    public static String written(Operand operand, String otherwise) {
        String source = operand.span().text();
        return source.length() <= 24 && !source.contains("\n") ? source : otherwise;
    }

    /** The same beside an operator: in parentheses unless it is a name or a number. */
    public static String writtenFactor(Operand operand, String otherwise) {
        String source = written(operand, otherwise);
        return source.matches("[\\w.]+") ? source : "(" + source + ")";
    }
}
