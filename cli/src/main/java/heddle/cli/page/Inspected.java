package heddle.cli.page;

import heddle.cli.report.PlanJson;
import heddle.compiler.Compilation;
import heddle.compiler.explain.Explanation;
import heddle.compiler.inspect.GraphHistory;
import heddle.compiler.inspect.HistoryNode;
import heddle.compiler.inspect.ScopeRanks;
import heddle.compiler.inspect.ScopeTree;
import heddle.compiler.ir.Node;
import heddle.compiler.schedule.machine.Machine;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Amount;
import heddle.compiler.type.Dim;
import heddle.dsl.source.SourceFile;
import heddle.runtime.HeddleModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a report is about.
 *
 * @param model       as it was read
 * @param compilation for the target of the report
 * @param target      {@code jvm} or {@code tornado}, as the top of the page names it
 * @param lengths     of symbols, as far as they are known
 * @param history     the graph through all passes
 * @param tree        the scopes of its nodes
 * @param ranks       where nodes and scopes are drawn
 * @param explanation of its attentions
 * @param fused       the plan that runs
 * @param unfused     the plan with a kernel for each operation
 * @param machine     that was named; empty when it is compiled for any
 */
public record Inspected(
        HeddleModel model,
        Compilation compilation,
        String target,
        Map<String, Long> lengths,
        GraphHistory history,
        ScopeTree tree,
        ScopeRanks ranks,
        Explanation explanation,
        PlanCosts fused,
        PlanCosts unfused,
        Optional<Machine> machine) {
    /** A compiled model with lengths that it is looked at with. */
    public static Inspected of(HeddleModel model, Compilation compilation, String target, Map<String, Long> lengths) {
        Map<String, Long> known = new LinkedHashMap<>();
        model.declaration().lengths().forEach(l -> {
            if (lengths.containsKey(l.name())) {
                known.put(l.name(), lengths.get(l.name()));
            }
        });
        Optional<Map<String, Long>> all =
                known.keySet().containsAll(compilation.plan().lengths()) ? Optional.of(known) : Optional.empty();
        GraphHistory history = GraphHistory.of(compilation.passes());
        ScopeTree tree = ScopeTree.of(history);
        return new Inspected(
                model,
                compilation,
                target,
                known,
                history,
                tree,
                ScopeRanks.of(history, tree),
                compilation.explain(known),
                PlanCosts.of(compilation.plan(), all),
                PlanCosts.of(compilation.unfused(), all),
                Optional.empty());
    }

    /** The same, compiled for a machine. */
    public Inspected with(Machine named) {
        return new Inspected(
                model,
                compilation,
                target,
                lengths,
                history,
                tree,
                ranks,
                explanation,
                fused,
                unfused,
                Optional.of(named));
    }

    /** The kernels, those that run once first. The position is a kernel's number in all sections. */
    List<TileKernel> kernels() {
        List<TileKernel> kernels = new ArrayList<>(compilation.plan().prepare());
        kernels.addAll(compilation.plan().launches());
        return kernels;
    }

    /** The files of the model. The position is a file's number in all sections. */
    List<SourceFile> files() {
        return model.declaration().files();
    }

    /** The number of a node in the history; -1 for one that no stage has. */
    int number(Node node) {
        return history.find(node).map(HistoryNode::id).orElse(-1);
    }

    /** Whether all lengths are known, which numbers such as bytes need. */
    boolean isKnown() {
        return fused.memory().isPresent();
    }

    /** A number where the lengths in it are known, else a formula. */
    Object amount(Dim dim) {
        return lengths.keySet().containsAll(dim.symbols()) ? (Object) dim.evaluate(lengths) : dim.toString();
    }

    /** The same of an amount. */
    Object amount(Amount amount) {
        return PlanJson.size(lengths.keySet().containsAll(amount.symbols()) ? Amount.of(amount.at(lengths)) : amount);
    }
}
