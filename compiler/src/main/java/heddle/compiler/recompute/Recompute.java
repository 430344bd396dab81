package heddle.compiler.recompute;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Pass;
import heddle.compiler.op.gradient.GradientCode;
import heddle.compiler.type.ScaledAmount;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Lets the backward pass compute values of the forward pass again, as far as a budget of memory asks for it. */
public final class Recompute implements Pass {
    public static final String NAME = "recompute";

    private final MemoryBudget budget;
    private final Set<String> outputs;
    private final Recomputation.Peak peak;
    private Optional<Recomputation> decided = Optional.empty();

    /**
     * @param given the graph that asks for gradients; other outputs are those of {@link LossOutputs}
     * @param peak  what a graph takes
     */
    public Recompute(MemoryBudget budget, Graph given, Recomputation.Peak peak) {
        this.budget = budget;
        this.outputs = Set.copyOf(given.outputs().keySet());
        this.peak = graph -> peak.of(LossOutputs.without(graph, outputs));
    }

    @Override
    public String name() {
        return NAME;
    }

    /** @throws DiagnosticException when no plan stays within the budget, lengths are not known, or there are no gradients */
    @Override
    public Graph run(Graph graph) {
        requireLengths(graph);
        List<String> differentiated = graph.outputs().keySet().stream()
                .filter(output -> !outputs.contains(output))
                .toList();
        if (differentiated.isEmpty()) {
            throw new DiagnosticException(
                    Diagnostic.of(GradientCode.NO_BUDGET, "a memory budget is for gradients, and there are none")
                            .hint("ask for gradients: --grad"));
        }
        try {
            Recomputation result = Recomputation.of(graph, differentiated, budget, peak);
            decided = Optional.of(result);
            return LossOutputs.without(result.graph(), outputs);
        } catch (BudgetNotMet e) {
            throw new DiagnosticException(Diagnostic.of(
                            GradientCode.NO_BUDGET,
                            "no plan takes " + size(e.allowed(), false) + " at the most; the least takes "
                                    + size(e.least(), true))
                    .hint("allow as much: --memory-budget "
                            + size(e.least(), true).replace(" ", "")));
        }
    }

    /** Bytes in the largest unit that fits, of four digits, so that it is seen how far two are apart. @param up whether it is rounded up */
    static String size(long bytes, boolean up) {
        ScaledAmount amount = ScaledAmount.ofBytes(BigInteger.valueOf(bytes));
        MathContext digits = new MathContext(4, up ? RoundingMode.CEILING : RoundingMode.FLOOR);
        return amount.value().round(digits).stripTrailingZeros().toPlainString() + " " + amount.unit();
    }

    private void requireLengths(Graph graph) {
        SortedSet<String> open = new TreeSet<>();
        graph.nodes().forEach(n -> n.results().forEach(t -> t.shape().dims().forEach(d -> open.addAll(d.symbols()))));
        open.removeAll(budget.typical().keySet());
        if (!open.isEmpty()) {
            throw new DiagnosticException(Diagnostic.of(
                            GradientCode.NO_BUDGET,
                            "what fits a memory budget depends on lengths that are not known: "
                                    + String.join(", ", open))
                    .hint("fix them, -D " + open.first() + "=..., or say in the model what is usual: `dim "
                            + open.first() + " = typical ...`"));
        }
    }

    /** What the last run decided. */
    public Optional<Recomputation> decided() {
        return decided;
    }
}
