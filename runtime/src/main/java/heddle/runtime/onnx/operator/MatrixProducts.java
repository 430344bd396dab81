package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.Shapes;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Matrix products and equations of axes. */
public final class MatrixProducts {
    private MatrixProducts() {}

    static void addTo(OperatorTable table) {
        table.add("", "MatMul", MatrixProducts::product);
        table.add("", "Gemm", MatrixProducts::general);
        table.add("", "Einsum", MatrixProducts::einsum);
    }

    private static void product(NodeContext node) {
        Operand a = node.operand(0);
        Operand b = node.operand(1);
        node.define(
                0,
                new Infix("@", Terms.tensor(a), Terms.tensor(b)),
                Terms.type(a.dtype(), shape(node, a.dims(), b.dims())));
    }

    /** The shape of a product; an operand of one axis is a row on the left and a column on the right. */
    public static List<Dim> shape(NodeContext node, List<Dim> a, List<Dim> b) {
        if (a.isEmpty() || b.isEmpty()) {
            throw new UnsupportedNode("a product needs operands with axes");
        }
        node.unify(a.getLast(), b.get(Math.max(0, b.size() - 2)));
        List<Dim> batchesOfA = a.subList(0, Math.max(0, a.size() - 2));
        List<Dim> batchesOfB = b.subList(0, Math.max(0, b.size() - 2));
        List<Dim> shape = new ArrayList<>(common(node, batchesOfA, batchesOfB));
        if (a.size() > 1) {
            shape.add(a.get(a.size() - 2));
        }
        if (b.size() > 1) {
            shape.add(b.getLast());
        }
        return shape;
    }

    private static List<Dim> common(NodeContext node, List<Dim> a, List<Dim> b) {
        return Shapes.broadcast(node, new Shape(a), new Shape(b)).dims();
    }

    private static void general(NodeContext node) {
        Operand sum = scaledSum(node);
        node.define(0, sum.term(), sum.type());
    }

    /** {@code alpha * A @ B + beta * C} of a node like {@code Gemm}. */
    public static Operand scaledSum(NodeContext node) {
        Operand a = node.operand(0);
        Operand b = node.operand(1);
        boolean turnA = node.attribute("transA", 0) != 0;
        boolean turnB = node.attribute("transB", 0) != 0;
        DType dtype = a.dtype();
        List<Dim> shape = shape(
                node, turnA ? a.dims().reversed() : a.dims(), turnB ? b.dims().reversed() : b.dims());
        Term result = scaled(new Infix("@", turned(a, turnA), turned(b, turnB)), node.attribute("alpha", 1.0), dtype);
        double beta = node.attribute("beta", 1.0);
        if (node.has(2) && beta != 0) {
            Operand c = node.operand(2);
            shape = common(node, shape, c.dims());
            result = Terms.plus(result, scaled(c.rank() == 0 ? Terms.tensor(c) : c.term(), beta, dtype));
        }
        return new Operand(result, Terms.type(dtype, shape), Optional.empty());
    }

    private static Term turned(Operand x, boolean turn) {
        return turn ? Call.of("transpose", Terms.tensor(x)) : Terms.tensor(x);
    }

    /** {@code factor * x}; {@code x} itself for 1. */
    public static Term scaled(Term x, double factor, DType dtype) {
        if (dtype.isInt() && factor != Math.rint(factor)) {
            throw new UnsupportedNode("it scales integers by " + factor);
        }
        return factor == 1 ? x : Terms.times(x, Terms.number(factor, dtype));
    }

    private static void einsum(NodeContext node) {
        String equation = node.attribute("equation", "").replace(" ", "");
        int arrow = equation.indexOf("->");
        List<String> letters = List.of((arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1));
        List<Operand> operands =
                IntStream.range(0, letters.size()).mapToObj(node::operand).toList();
        String result = arrow < 0 ? impliedResult(letters) : equation.substring(arrow + 2);
        Map<Character, Dim> lengths = new HashMap<>();
        List<Dim> rest = List.of();
        for (int i = 0; i < letters.size(); i++) {
            rest = common(node, rest, bind(node, letters.get(i), operands.get(i).dims(), lengths));
        }
        List<Term> arguments = new ArrayList<>();
        arguments.add(new Term.Text(String.join(",", letters) + "->" + result));
        operands.forEach(x -> arguments.add(Terms.tensor(x)));
        node.define(
                0,
                new Call("einsum", arguments.stream().map(Term.Argument::of).toList()),
                Terms.type(operands.getFirst().dtype(), resultShape(result, lengths, rest)));
    }

    /** Gives letters their lengths. Returns those that {@code ...} stands for. */
    private static List<Dim> bind(NodeContext node, String letters, List<Dim> dims, Map<Character, Dim> lengths) {
        int dots = letters.indexOf("...");
        String plain = letters.replace("...", "");
        int rest = dims.size() - plain.length();
        if (rest < 0 || (dots < 0 && rest > 0)) {
            throw new UnsupportedNode("\"" + letters + "\" does not fit a tensor of " + dims.size() + " axes");
        }
        for (int i = 0; i < plain.length(); i++) {
            Dim d = dims.get(dots >= 0 && i >= dots ? i + rest : i);
            Dim known = lengths.putIfAbsent(plain.charAt(i), d);
            if (known != null && !known.equals(d)) {
                lengths.put(plain.charAt(i), node.unify(known, d));
            }
        }
        return dots < 0 ? List.of() : dims.subList(dots, dots + rest);
    }

    /** Without an arrow, the letters that stand once, in the order of the alphabet. */
    private static String impliedResult(List<String> letters) {
        String all = String.join("", letters);
        String once = all.replace(".", "")
                .chars()
                .sorted()
                .filter(c -> all.indexOf(c) == all.lastIndexOf(c))
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        return all.contains("...") ? "..." + once : once;
    }

    private static List<Dim> resultShape(String result, Map<Character, Dim> lengths, List<Dim> rest) {
        List<Dim> shape = new ArrayList<>();
        int dots = result.indexOf("...");
        for (int i = 0; i < result.length(); i++) {
            if (i == dots) {
                shape.addAll(rest);
                i += 2;
            } else {
                shape.add(lengths.get(result.charAt(i)));
            }
        }
        return shape;
    }
}
