package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.op.Contract;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Products and sums as an equation of axes (Einstein's convention). */
public final class EinsumFunction implements LanguageFunction {
    /** A tensor and the letters of its axes. */
    private record Term(Tensor tensor, String letters) {}

    @Override
    public Signature signature() {
        return Signature.of("einsum", "equation").withRepeated("operands");
    }

    @Override
    public String summary() {
        return "products summed over the letters that the result lacks; one letter an axis, operands joined from left"
                + " to right";
    }

    @Override
    public String shapes() {
        return "\"bhid,bhjd->bhij\", [b, h, i, d], [b, h, j, d] → [b, h, i, j]";
    }

    @Override
    public Denotation expand(Arguments a) {
        EinsumEquation equation = EinsumEquation.parse(a);
        List<Operand> operands = a.repeated("operands");
        if (operands.size() != equation.operands().size()) {
            throw equation.wrong("it has " + Words.count(equation.operands().size(), "operand") + ", and "
                    + Words.count(operands.size(), "tensor") + (operands.size() == 1 ? " is" : " are")
                    + " given");
        }
        List<Tensor> tensors = a.promotion().toCommonType(operands, a.call());
        checkLengths(a, equation, tensors);
        Term result = new Term(tensors.getFirst(), equation.operands().getFirst());
        for (int i = 1; i < tensors.size(); i++) {
            String needed = equation.neededAfter(i);
            result =
                    join(a, result, new Term(tensors.get(i), equation.operands().get(i)), needed, equation.result());
        }
        return inOrder(a, sumExcept(a, result, equation.result()), equation.result());
    }

    private static void checkLengths(Arguments a, EinsumEquation equation, List<Tensor> tensors) {
        Map<Character, Dim> lengths = new HashMap<>();
        Map<Character, Integer> firstOperand = new HashMap<>();
        for (int i = 0; i < tensors.size(); i++) {
            String letters = equation.operands().get(i);
            Tensor x = tensors.get(i);
            if (letters.length() != x.rank()) {
                throw new DiagnosticException(mention(
                        a,
                        equation.diagnostic("\"" + letters + "\" names "
                                + Words.count(letters.length(), "axis").replace("axiss", "axes")
                                + ", and the tensor is " + x.type()),
                        i));
            }
            for (int axis = 0; axis < letters.length(); axis++) {
                char letter = letters.charAt(axis);
                Dim known = lengths.putIfAbsent(letter, x.dim(axis));
                firstOperand.putIfAbsent(letter, i);
                if (known != null && !known.equals(x.dim(axis))) {
                    Diagnostic d = equation.diagnostic(
                            "the letter " + letter + " stands for lengths " + known + " and " + x.dim(axis));
                    throw new DiagnosticException(mention(a, mention(a, d, firstOperand.get(letter)), i));
                }
            }
        }
    }

    private static Diagnostic mention(Arguments a, Diagnostic d, int operand) {
        Operand o = a.repeated("operands").get(operand);
        return Words.origin(d.related(o.span(), Words.describe(o.value())), o);
    }

    /** The product of two terms; letters that nothing else needs are summed over. */
    private static Term join(Arguments a, Term left, Term right, String needed, String result) {
        String keep = needed + result;
        Term x = sumExcept(a, left, right.letters() + keep);
        Term y = sumExcept(a, right, left.letters() + keep);
        String joined = EinsumEquation.distinct(x.letters() + y.letters())
                .chars()
                .filter(c -> keep.indexOf(c) >= 0)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        // The last product can put its axes in the result's order at no cost.
        String order = needed.isEmpty() && joined.length() == result.length() ? result : joined;
        Contract contract = new Contract(x.letters() + "," + y.letters() + "->" + order);
        return new Term(a.emitter().add(contract, x.tensor(), y.tensor()), order);
    }

    /** Sums over the axes whose letters {@code keep} lacks. */
    private static Term sumExcept(Arguments a, Term term, String keep) {
        List<Integer> axes = IntStream.range(0, term.letters().length())
                .filter(i -> keep.indexOf(term.letters().charAt(i)) < 0)
                .boxed()
                .toList();
        if (axes.isEmpty()) {
            return term;
        }
        StringBuilder left = new StringBuilder(term.letters());
        axes.reversed().forEach(left::deleteCharAt);
        return new Term(a.maths().reduce(Reduction.SUM, term.tensor(), axes, false), left.toString());
    }

    private static Tensor inOrder(Arguments a, Term term, String result) {
        List<Integer> order =
                result.chars().map(term.letters()::indexOf).boxed().toList();
        return a.maths().permute(term.tensor(), order);
    }
}
