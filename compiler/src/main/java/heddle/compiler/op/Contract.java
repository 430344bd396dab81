package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.OpCategory;
import heddle.compiler.ir.Value;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The product of two tensors, summed over shared axes, as an einsum. {@code bnk,km->bnm} is a batched matmul.
 *
 * @param equation see {@link Equation}
 * @param zeros    whose zeros add nothing whatever they meet
 */
public record Contract(String equation, Annihilating zeros) implements SumOfProducts, Differentiable {
    /** How many rows of the right operand one pass over a result row adds. */
    private static final int UNROLL = 4;

    /** A product in IEEE arithmetic. */
    public Contract(String equation) {
        this(equation, Annihilating.NEITHER);
    }

    @Override
    public String name() {
        return "contract";
    }

    @Override
    public OpCategory category() {
        return OpCategory.CONTRACTION;
    }

    @Override
    public Map<String, Object> attributes() {
        return zeros == Annihilating.NEITHER
                ? Map.of("equation", equation)
                : AttributeMap.of("equation", equation, "annihilating", zeros.text());
    }

    /** The equation taken apart. @throws heddle.compiler.ir.TypeMismatch when it is malformed */
    @Override
    public Equation parsed() {
        return Equation.parse(equation);
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Require.count(name(), operands, 2);
        Equation e = parsed();
        Require.sameDType(name(), operands);
        Require.isNumeric(name(), operands.getFirst());
        Map<Character, Dim> lengths = new LinkedHashMap<>();
        bind(lengths, e.left(), operands, 0);
        bind(lengths, e.right(), operands, 1);
        List<Dim> dims = e.result().chars().mapToObj(c -> lengths.get((char) c)).toList();
        return List.of(new TensorType(operands.getFirst().dtype(), new Shape(dims)));
    }

    private void bind(Map<Character, Dim> lengths, String letters, List<TensorType> operands, int slot) {
        TensorType type = operands.get(slot);
        if (letters.length() != type.rank()) {
            throw Require.mismatch(
                    "contract \"" + equation + "\" names " + letters.length() + " axes of " + type + ", which has rank "
                            + type.rank(),
                    "give one letter for each axis",
                    slot);
        }
        for (int axis = 0; axis < letters.length(); axis++) {
            Dim known = lengths.putIfAbsent(letters.charAt(axis), type.dim(axis));
            if (known != null && !known.equals(type.dim(axis))) {
                throw Require.mismatch(
                        "contract \"" + equation + "\" of " + operands.get(0) + " and " + operands.get(1) + ": axis "
                                + letters.charAt(axis) + " has lengths " + known + " and " + type.dim(axis),
                        "axes with the same letter must have the same length",
                        0,
                        1);
            }
        }
    }

    /** Both operands brought to [batch, rows, summed] and [batch, summed, columns], then rows in parallel. */
    @Override
    public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
        Equation e = parsed();
        infer(operands.stream().map(NdArray::type).toList());
        Operand a = new Operand(e.left(), operands.get(0)).sumOf(Equation.alone(e.left(), e.right(), e.result()));
        Operand b = new Operand(e.right(), operands.get(1)).sumOf(Equation.alone(e.right(), e.left(), e.result()));
        a = a.ordered(e.batch() + e.rows() + e.summed());
        b = b.ordered(e.batch() + e.summed() + e.columns());
        long[] shape = a.shapeOf(e.batch() + e.rows(), b, e.columns());
        NdArray product = NdArray.zeros(a.array.dtype(), shape);
        multiply(a, b, e, zeros, product.data());
        if (a.array.dtype() == DType.I32) {
            Arrays.setAll(product.data(), i -> (int) (long) product.data()[i]);
        }
        return List.of(new Operand(e.batch() + e.rows() + e.columns(), product).ordered(e.result()).array);
    }

    private static void multiply(Operand a, Operand b, Equation e, Annihilating zeros, double[] out) {
        int m = a.size(e.rows());
        int k = a.size(e.summed());
        int n = b.size(e.columns());
        double[] left = a.array.data();
        double[] right = b.array.data();
        IntStream.range(0, a.size(e.batch()) * m).parallel().forEach(row -> {
            int from = row / m * k * n;
            int p = 0;
            for (; zeros == Annihilating.NEITHER && p + UNROLL <= k; p += UNROLL) {
                addRows(out, row * n, n, left, row * k + p, right, from + p * n);
            }
            for (; p < k; p++) {
                double x = left[row * k + p];
                for (int j = 0; j < n; j++) {
                    out[row * n + j] += zeros.multiply(x, right[from + p * n + j]);
                }
            }
        });
    }

    /** Adds four rows of {@code right}, each times an element of {@code left}, to a row of {@code out}. */
    private static void addRows(double[] out, int to, int n, double[] left, int at, double[] right, int from) {
        double x0 = left[at];
        double x1 = left[at + 1];
        double x2 = left[at + 2];
        double x3 = left[at + 3];
        for (int j = 0; j < n; j++) {
            out[to + j] += x0 * right[from + j]
                    + x1 * right[from + n + j]
                    + x2 * right[from + 2 * n + j]
                    + x3 * right[from + 3 * n + j];
        }
    }

    /** A tensor whose axes have letters. */
    private record Operand(String letters, NdArray array) {
        Operand sumOf(String summed) {
            if (summed.isEmpty()) {
                return this;
            }
            List<Integer> axes = new ArrayList<>();
            summed.chars().forEach(c -> axes.add(letters.indexOf(c)));
            NdArray sum = new Reduce(Reduction.SUM, axes, false)
                    .evaluate(List.of(array), Map.of())
                    .getFirst();
            return new Operand(letters.replaceAll("[" + summed + "]", ""), sum);
        }

        Operand ordered(String order) {
            if (order.equals(letters)) {
                return this;
            }
            Permute permute =
                    new Permute(order.chars().mapToObj(letters::indexOf).toList());
            return new Operand(order, permute.evaluate(List.of(array), Map.of()).getFirst());
        }

        int size(String some) {
            return Math.toIntExact(NdArray.size(shapeOf(some)));
        }

        private long[] shapeOf(String some) {
            return some.chars()
                    .mapToLong(c -> array.shape()[letters.indexOf(c)])
                    .toArray();
        }

        long[] shapeOf(String some, Operand other, String others) {
            return LongStream.concat(Arrays.stream(shapeOf(some)), Arrays.stream(other.shapeOf(others)))
                    .toArray();
        }
    }

    /** Each factor gets the product of the gradient with the other. Zeros that annihilate do so there, too. */
    @Override
    public void gradient(GradientContext c) {
        Equation e = parsed();
        if (c.needs(0)) {
            Annihilating those = zeros == Annihilating.RIGHT ? Annihilating.RIGHT : Annihilating.NEITHER;
            String letters = Equation.kept(e.left(), e.right() + e.result());
            Contract product = new Contract(e.result() + "," + e.right() + "->" + letters, those);
            give(c, 0, e.left(), letters, c.add(product, c.cotangent(), c.computed(c.operand(1))));
        }
        if (c.needs(1)) {
            Annihilating those = zeros == Annihilating.LEFT ? Annihilating.LEFT : Annihilating.NEITHER;
            String letters = Equation.kept(e.right(), e.left() + e.result());
            Contract product = new Contract(e.left() + "," + e.result() + "->" + letters, those);
            give(c, 1, e.right(), letters, c.add(product, c.computed(c.operand(0)), c.cotangent()));
        }
    }

    /** What an operand sums over alone has equal gradients. */
    private static void give(GradientContext c, int slot, String operand, String letters, Value gradient) {
        Shape shape = c.operand(slot).type().shape();
        List<Integer> alone = IntStream.range(0, operand.length())
                .filter(axis -> letters.indexOf(operand.charAt(axis)) < 0)
                .boxed()
                .toList();
        c.give(slot, c.expand(c.reshape(gradient, GradientContext.kept(shape, alone)), shape));
    }
}
