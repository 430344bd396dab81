package heddle.runtime.onnx.translate;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.Known.Element;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Operands as terms, where a number may stand and where it must be a tensor. */
public final class TensorTerms {
    private TensorTerms() {}

    /** The word of the language for an element type. */
    public static Term.Literal word(heddle.compiler.type.DType dtype) {
        return new Term.Literal(dtype.toString().toLowerCase(Locale.ROOT));
    }

    /** A list of lengths. */
    public static Term.Items lengths(List<Dim> dims) {
        return new Term.Items(dims.stream().<Term>map(Term.Length::new).toList());
    }

    /** A term that is a tensor of the operand's type, also where a number alone would be of another. */
    public static Term tensor(Operand operand) {
        if (operand.known().isEmpty() || operand.rank() > 0) {
            return operand.term();
        }
        Element element = operand.known().get().elements().getFirst();
        return Term.Call.of(
                "full", new Term.Items(List.of()), KnownTerms.term(element, operand.dtype()), word(operand.dtype()));
    }

    /**
     * A term to stand beside a tensor in an elementwise operation: a number, where all elements are one and the result has the
     * tensor's shape all the same.
     */
    public static Term beside(Operand operand, Operand tensor) {
        Optional<Element> uniform = operand.known().flatMap(KnownTerms::uniform);
        return uniform.isPresent() && tensor.known().isEmpty() && fits(operand, tensor)
                ? KnownTerms.term(uniform.get(), operand.dtype())
                : tensor(operand);
    }

    private static boolean fits(Operand operand, Operand tensor) {
        int ahead = tensor.rank() - operand.rank();
        if (ahead < 0) {
            return false;
        }
        for (int i = 0; i < operand.rank(); i++) {
            Dim dim = operand.dims().get(i);
            if (!dim.is(1) && !dim.equals(tensor.dims().get(ahead + i))) {
                return false;
            }
        }
        return true;
    }
}
