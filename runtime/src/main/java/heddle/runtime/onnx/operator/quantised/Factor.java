package heddle.runtime.onnx.operator.quantised;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.translate.Known;
import heddle.runtime.onnx.translate.KnownTerms;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import java.util.List;
import java.util.Optional;

/**
 * The right factor of a product of whole numbers.
 *
 * @param term its numbers as floats, as they are held
 * @param zero what is still to be taken off them; empty for nothing
 * @param held where it is a weight of the file
 * @param dims as the product reads them
 */
record Factor(Term term, Optional<Operand> zero, Optional<HeldWeight> held, List<Dim> dims) {
    /** @param turned whether rows and columns are swapped */
    static Factor of(NodeContext node, int index, int zero, boolean turned) {
        Optional<HeldWeight> held = HeldWeight.of(node, index);
        Operand numbers = held.map(h -> new Operand(h.numbers(), h.type(), Optional.empty()))
                .orElseGet(() -> floats(node.operand(index)));
        int shift = held.map(HeldWeight::shift).orElse(0);
        int rank = numbers.rank();
        List<Dim> dims = turned
                ? Terms.with(
                        Terms.with(numbers.dims(), rank - 1, numbers.dims().get(rank - 2)),
                        rank - 2,
                        numbers.dims().get(rank - 1))
                : numbers.dims();
        return new Factor(
                turned ? Call.of("transpose", numbers.term()) : numbers.term(), zero(node, zero, shift), held, dims);
    }

    private static Operand floats(Operand x) {
        return new Operand(Terms.as(x, DType.F32), Terms.type(DType.F32, x.dims()), Optional.empty());
    }

    private static Optional<Operand> zero(NodeContext node, int index, int shift) {
        if (!node.has(index)) {
            return shift == 0 ? Optional.empty() : Optional.of(number(-shift));
        }
        Operand zero = node.operand(index);
        Optional<Double> number = ZeroPoints.number(node, index);
        if (number.isPresent()) {
            return number.get() == shift ? Optional.empty() : Optional.of(number(number.get() - shift));
        }
        return Optional.of(ZeroPoints.floats(zero, shift));
    }

    private static Operand number(double value) {
        return KnownTerms.operand(new Known(DType.F32, List.of(), List.of(new Known.Element.Fraction(value))));
    }
}
