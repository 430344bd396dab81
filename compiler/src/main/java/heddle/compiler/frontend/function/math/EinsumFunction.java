package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.op.Contract;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Products and sums as an equation of axes (Einstein's convention). */
public final class EinsumFunction implements LanguageFunction {
    /** The value assumed for unknown lengths when operands are ordered. */
    private static final long UNKNOWN = 4096;

    /** A tensor and the letters of its axes. */
    private record Term(Tensor tensor, String letters) {}

    @Override
    public Signature signature() {
        return Signature.of("einsum", "equation").withRepeated("operands");
    }

    @Override
    public String summary() {
        return "products summed over the letters that the result lacks; one letter an axis, `...` for axes that broadcast, a"
                + " letter twice in an operand for its diagonal; operands are joined two at a time, with the fewest"
                + " multiplications";
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
        String named = String.join("", equation.operands()) + equation.result();
        equation = equation.spelledOut(tensors.stream().map(Tensor::rank).toList());
        List<Term> terms = terms(a, equation, tensors, named);
        equation = equation.with(terms.stream().map(Term::letters).toList());
        Term result = terms.size() > EinsumOrder.MOST ? fromLeft(a, equation, terms) : joined(a, equation, terms);
        return inOrder(a, sumExcept(a, result, equation.result()), equation.result());
    }

    private static Term fromLeft(Arguments a, EinsumEquation equation, List<Term> terms) {
        Term result = terms.getFirst();
        for (int i = 1; i < terms.size(); i++) {
            result = join(a, result, terms.get(i), equation.neededAfter(i), equation.result());
        }
        return result;
    }

    private static Term joined(Arguments a, EinsumEquation equation, List<Term> terms) {
        Map<Character, Double> lengths = new HashMap<>();
        for (Term term : terms) {
            for (int axis = 0; axis < term.letters().length(); axis++) {
                lengths.put(term.letters().charAt(axis), assumed(term.tensor().dim(axis)));
            }
        }
        EinsumOrder order = new EinsumOrder(equation.operands(), equation.result(), lengths::get);
        return joined(a, equation, terms, order, order.all());
    }

    private static Term joined(Arguments a, EinsumEquation equation, List<Term> terms, EinsumOrder order, int some) {
        if (Integer.bitCount(some) == 1) {
            return terms.get(Integer.numberOfTrailingZeros(some));
        }
        int left = order.left(some);
        return join(
                a,
                joined(a, equation, terms, order, left),
                joined(a, equation, terms, order, some & ~left),
                order.neededBeside(some),
                equation.result());
    }

    private static double assumed(Dim length) {
        Map<String, Long> lengths = new HashMap<>();
        length.symbols().forEach(s -> lengths.put(s, UNKNOWN));
        try {
            return length.evaluate(lengths);
        } catch (ArithmeticException | DiagnosticException e) {
            return Double.POSITIVE_INFINITY; // It is longer than 64 bits can tell.
        }
    }

    /** The operands, of which each letter names one axis, and the same length everywhere. */
    private static List<Term> terms(Arguments a, EinsumEquation equation, List<Tensor> tensors, String named) {
        List<Term> terms = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            checkRank(a, equation, tensors.get(i), i);
            terms.add(new Term(tensors.get(i), equation.operands().get(i)));
        }
        for (int i = 0; i < terms.size(); i++) {
            terms.set(i, withoutOnes(a, terms.get(i), terms, named));
        }
        checkLengths(a, equation, terms);
        terms.replaceAll(t -> diagonal(a, t));
        return terms;
    }

    /** Without the axes of length one that broadcast: a product repeats along the axes that an operand lacks. */
    private static Term withoutOnes(Arguments a, Term term, List<Term> all, String named) {
        List<Dim> dims = new ArrayList<>();
        StringBuilder letters = new StringBuilder();
        for (int axis = 0; axis < term.letters().length(); axis++) {
            char letter = term.letters().charAt(axis);
            boolean broadcasts = named.indexOf(letter) < 0
                    && term.tensor().dim(axis).is(1)
                    && all.stream()
                            .anyMatch(t -> t.letters().indexOf(letter) >= 0
                                    && !t.tensor()
                                            .dim(t.letters().indexOf(letter))
                                            .is(1));
            if (!broadcasts) {
                dims.add(term.tensor().dim(axis));
                letters.append(letter);
            }
        }
        return new Term(a.maths().reshape(term.tensor(), new Shape(dims)), letters.toString());
    }

    /** Of axes with one letter the elements with one index. */
    private static Term diagonal(Arguments a, Term term) {
        for (int axis = 0; axis < term.letters().length(); axis++) {
            int other = term.letters().indexOf(term.letters().charAt(axis), axis + 1);
            if (other > 0) {
                return diagonal(a, diagonal(a, term, axis, other));
            }
        }
        return term;
    }

    private static Term diagonal(Arguments a, Term term, int axis, int other) {
        Maths m = a.maths();
        Tensor x = term.tensor();
        Dim length = x.dim(axis);
        List<Integer> order = new ArrayList<>(IntStream.range(0, x.rank())
                .filter(i -> i != axis && i != other)
                .boxed()
                .toList());
        order.addAll(List.of(axis, other));
        Tensor matrices = m.permute(x, order);
        List<Dim> dims = new ArrayList<>(matrices.type().shape().dims().subList(0, x.rank() - 2));
        dims.add(length.times(length));
        // Neighbours on the diagonal are a row and one element apart.
        Tensor index = m.multiply(m.positions(length, 0, 1), m.length(length.plus(1), DType.I64));
        Tensor elements = m.gather(m.reshape(matrices, new Shape(dims)), index, x.rank() - 2);
        StringBuilder letters = new StringBuilder();
        order.subList(0, x.rank() - 1)
                .forEach(i -> letters.append(term.letters().charAt(i)));
        return new Term(elements, letters.toString());
    }

    private static void checkRank(Arguments a, EinsumEquation equation, Tensor x, int operand) {
        String letters = equation.operands().get(operand);
        if (letters.length() != x.rank()) {
            throw new DiagnosticException(mention(
                    a,
                    equation.diagnostic("\"" + letters + "\" names " + Words.axes(letters.length())
                            + ", and the tensor is " + x.type()),
                    operand));
        }
    }

    private static void checkLengths(Arguments a, EinsumEquation equation, List<Term> terms) {
        Map<Character, Dim> lengths = new HashMap<>();
        Map<Character, Integer> firstOperand = new HashMap<>();
        for (int i = 0; i < terms.size(); i++) {
            String letters = terms.get(i).letters();
            Tensor x = terms.get(i).tensor();
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
        String joined =
                EinsumEquation.letters(EinsumEquation.distinct(x.letters() + y.letters()), c -> keep.indexOf(c) >= 0);
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
