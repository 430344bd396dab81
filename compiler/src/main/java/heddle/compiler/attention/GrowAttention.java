package heddle.compiler.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.Dependence;
import heddle.compiler.rule.Probabilities;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.Widening;
import heddle.compiler.tile.proof.AddressProof;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Grows attention from a softmax. It follows the graph down to the matmul with the values, and up to the matmul of
 * queries and keys. It writes everything between as scalar programs over the axes of the result and the softmax axis.
 *
 * <p>Layout needs no patterns. The elements of q, k, v, biases and masks are looked up through all permutes, reshapes,
 * slices and expands, at the index for which the result is computed. It remains to find out which axis plays which
 * role.
 */
final class GrowAttention {
    private final Graph graph;
    private final Dependence dependence;
    private final AddressProof addresses;
    private final Node softmax;
    private final Probabilities probabilities;
    private final CapturePolicy policy;
    private final Equation equation;
    private final Map<Character, Axis> axes = new HashMap<>();
    private final List<Axis> resultAxes;
    private final Axis j;
    private final ScalarExpr.Variable p;
    private final SoftmaxRead read;
    private final ScoreCone scores;
    private final ScalarExpr.Variable raw;

    GrowAttention(
            Graph graph, Dependence dependence, AddressProof addresses, Node softmax, Probabilities probabilities) {
        this.graph = graph;
        this.dependence = dependence;
        this.addresses = addresses;
        this.softmax = softmax;
        this.probabilities = probabilities;
        this.policy = new CapturePolicy(graph);
        this.equation = ((SumOfProducts) probabilities.product().op()).parsed();
        name(equation.left(), graph.operand(probabilities.product(), 0));
        name(equation.right(), graph.operand(probabilities.product(), 1));
        this.resultAxes =
                equation.result().chars().mapToObj(c -> axes.get((char) c)).toList();
        this.j = summedAxis();
        this.p = new ScalarExpr.Variable("p", softmax.type().dtype());
        this.read = SoftmaxRead.of(graph, softmax, probabilities, index(probabilities.slot()), j, policy);
        this.scores = ScoreCone.of(graph, dependence, softmax, j.extent());
        this.raw = new ScalarExpr.Variable("score", computeType());
    }

    ScoreCone scores() {
        return scores;
    }

    /** The widest type that scores, softmax or result are computed in as they are written: none loses digits. */
    private DType computeType() {
        DType product = scores.product().type().dtype();
        if (!product.isFloat()) {
            throw new DeclinedException(
                    scores.product(),
                    "the scores are a product of integers",
                    "cast queries and keys to a float type before the product");
        }
        return Stream.of(
                        product,
                        softmax.type().dtype(),
                        probabilities.product().type().dtype())
                .map(Precision::computed)
                .reduce(CapturePolicy::widest)
                .orElseThrow();
    }

    /** One axis for each letter of the product with the values. */
    private void name(String letters, Value operand) {
        for (int n = 0; n < letters.length(); n++) {
            axes.put(
                    letters.charAt(n),
                    new Axis("r" + letters.charAt(n), operand.type().dim(n)));
        }
    }

    private Axis summedAxis() {
        List<Axis> summed =
                axes.values().stream().filter(a -> !resultAxes.contains(a)).toList();
        if (summed.size() != 1 || equation.summed().length() != 1) {
            Dim length = new Shape(summed.stream().map(Axis::extent).toList()).size();
            boolean isApart = length.equals(softmax.type().dim(((Softmax) softmax.op()).axis()));
            throw new DeclinedException(
                    probabilities.product(),
                    "the product with the values sums over " + summed.size()
                            + " axes; it must be the softmax axis alone",
                    isApart
                            ? "reshape the values so that they have the softmax axis as one, and multiply with the softmax as it is"
                            : "multiply with the values along the softmax axis alone and sum the result along the others");
        }
        return summed.getFirst();
    }

    /** @throws DeclinedException when this is attention that cannot be fused */
    AttentionParts parts() {
        QueryAndKey qk = QueryAndKey.of(graph, softmax, scores, read.index(), j, raw, policy);
        ScalarExpr v = policy.unscaled(probabilities.values(graph), index(1 - probabilities.slot()));
        boolean given = !isConstant(qk.k()) && !isConstant(v);
        AxisRoles roles =
                new AxisRoles.Search(j, qk.q(), qk.k(), v, read.index(), given).of(probabilities.product(), resultAxes);
        ScalarExpr score = widened(scoreProgram(qk.score(), roles).at(graph.operand(softmax, 0), read.index()));
        return new AttentionParts(
                resultAxes,
                roles,
                j,
                qk.d(),
                qk.q(),
                qk.k(),
                v,
                qk.zeros(),
                raw,
                SplitMask.of(score, addresses),
                kept(roles),
                sink(roles),
                ((Softmax) softmax.op()).term(),
                policy.captures());
    }

    /** Where one number for each row of the softmax is stored, when the attention goes through each row once. */
    Optional<RowLayout> rows(AxisRoles roles) {
        return RowLayout.of(softmax, read.index(), ((Softmax) softmax.op()).axis(), roles);
    }

    /** Whether what is read as a factor of a product is made of numbers, lengths and positions alone. */
    private boolean isConstant(ScalarExpr factor) {
        return !ScalarExprs.any(
                factor,
                x -> x instanceof ScalarExpr.Read r
                        && !dependence.isConstant(policy.captures().value(r).node()));
    }

    private List<ScalarExpr> index(int slot) {
        return (slot == 0 ? equation.left() : equation.right())
                .chars()
                .mapToObj(c -> IndexSimplifier.simplify(ScalarExpr.of(axes.get((char) c))))
                .toList();
    }

    private Inliner scoreProgram(ScalarExpr score, AxisRoles roles) {
        return new Inliner(graph, (value, index) -> {
            if (value.node() == scores.product()) {
                return Optional.of(score);
            }
            return scores.cone().contains(value.node()) ? Optional.empty() : policy.beside(value, index, roles.i(), j);
        });
    }

    /** A program of scores in which what follows from a product of sixteen bits is computed from the product as it is. */
    private ScalarExpr widened(ScalarExpr program) {
        DType type = scores.product().type().dtype();
        ScalarExpr.Variable narrow = new ScalarExpr.Variable(raw.name(), type);
        ScalarExpr product = ScalarExpr.cast(Precision.computed(type), raw);
        return new Widening(Map.of(narrow, product)).of(program);
    }

    /** The logarithm of the sum of what counts in a row's sum beside the keys. */
    private Optional<ScalarExpr> sink(AxisRoles roles) {
        ScalarExpr product = QueryAndKey.product(raw, scores.product().type().dtype());
        Inliner program = scoreProgram(product, roles);
        List<ScalarExpr> sinks = read.unread().stream()
                .map(position -> widened(program.at(graph.operand(softmax, 0), read.at(softmax, position))))
                .map(sink -> ScalarExpr.cast(raw.type(), sink))
                .toList();
        if (sinks.stream().anyMatch(s -> ScalarExprs.contains(s, raw))) {
            throw SoftmaxRead.declined(softmax, probabilities);
        }
        return LogSum.of(sinks);
    }

    /** What happens to the probabilities before they meet the values. */
    private ProbabilityFactor kept(AxisRoles roles) {
        Inliner inliner = new Inliner(graph, (value, index) -> {
            if (value.node() == softmax) {
                return Optional.of(p);
            }
            return probabilities.path().contains(value.node())
                    ? Optional.empty()
                    : policy.beside(value, index, roles.i(), j);
        });
        ScalarExpr one = new ScalarExpr.Literal(raw.type(), 1);
        ProbabilityFactor kept = ProbabilityFactor.of(
                        inliner.at(probabilities.weights(graph), index(probabilities.slot())), p, one)
                .orElseThrow(
                        () -> new DeclinedException(
                                probabilities.product(),
                                "the probabilities are changed by more than a factor before they meet the values",
                                "multiply probabilities with factors, set some to zero or add what is not made of their scores, and change scores before the softmax"));
        if (roles.columns().stream().anyMatch(axis -> ScalarExprs.reads(kept.weight(), axis))) {
            throw new DeclinedException(
                    probabilities.product(),
                    "the factor on the probabilities varies along the columns of the values",
                    "apply that factor to the values or to the result");
        }
        return kept;
    }
}
