package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.Known.Element;
import java.util.List;

/** Operands as terms, where a number may stand and where it must be a tensor. */
public final class TensorTerms {
    private TensorTerms() {}

    /** The word of the language for an element type. */
    public static Term.Literal word(DType dtype) {
        return new Term.Literal(dtype.text());
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
}
