package heddle.runtime.train;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.Graph;
import heddle.compiler.op.Dropout;
import heddle.compiler.recompute.MemoryBudget;
import heddle.compiler.scalar.Philox;
import heddle.compiler.scalar.Philox.Stream;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.runtime.NotEnoughMemory;
import heddle.runtime.Program;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A graph of training as generated code. It takes batches, weights as they are at the moment, and the seed of dropouts. */
final class TrainingProgram {
    private static final long WORD = 0xFFFFFFFFL;

    private final Graph graph;
    private final Plan plan;
    private final Program program;
    private final ModelInputs inputs;
    private final JvmOptions options;

    private TrainingProgram(Graph graph, Plan plan, Program program, ModelInputs inputs, JvmOptions options) {
        this.graph = graph;
        this.plan = plan;
        this.program = program;
        this.inputs = inputs;
        this.options = options;
    }

    /**
     * Compiles a graph for this machine's processors.
     *
     * @param fusion whether operations become kernels together
     * @param budget of memory, for a graph with gradients whose lengths are known
     * @param fixed  lengths that were known when the model was read
     * @param frozen weights that are not trained, which are loaded once
     */
    static TrainingProgram of(
            Graph graph,
            Fusion fusion,
            Optional<MemoryBudget> budget,
            Model model,
            Map<String, Long> fixed,
            Map<String, Tensor> frozen,
            JvmOptions options) {
        Plan plan = Compiler.compile(graph, fusion, SchedulePolicy.of(options.target()), Set.of(), budget)
                .plan();
        return new TrainingProgram(
                graph, plan, JvmProgram.load(plan, frozen, options), new ModelInputs(model, fixed), options);
    }

    /** Where a run first computes something that is not finite, when each operation runs by itself. */
    Optional<FirstNonFinite> firstNonFinite(
            Map<String, Tensor> batch, Map<String, Tensor> weights, Map<String, Tensor> frozen, long seed, long draw) {
        try {
            return FirstNonFinite.of(graph, inputs(batch, weights, seed, draw), inputs.check(batch), frozen, options);
        } catch (OutOfMemoryError e) {
            // What runs unfused may need more memory than there is. That the loss is not finite is still to be said.
            return Optional.empty();
        }
    }

    /** The generated Java, which says what the results' bits depend on besides the inputs. */
    String text() {
        return program.text();
    }

    /**
     * The outputs for a batch.
     *
     * @param weights that are trained, by name
     * @param draw    number of this run among all of the training, for dropouts
     * @throws heddle.dsl.diagnostic.DiagnosticException when the batch does not fit the model
     * @throws OutOfMemoryError that says how much memory the run needs
     */
    Map<String, Tensor> run(Map<String, Tensor> batch, Map<String, Tensor> weights, long seed, long draw) {
        Map<String, Long> lengths = inputs.check(batch);
        try {
            return program.run(inputs(batch, weights, seed, draw), lengths);
        } catch (OutOfMemoryError e) {
            throw NotEnoughMemory.of(plan, true, lengths, e);
        }
    }

    /** All that the graph reads. */
    private static Map<String, Tensor> inputs(
            Map<String, Tensor> batch, Map<String, Tensor> weights, long seed, long draw) {
        Map<String, Tensor> all = new LinkedHashMap<>(batch);
        weights.forEach((name, tensor) -> all.put(TrainingGraph.WEIGHT + name, tensor));
        long[] words = {Philox.lowKey(seed) & WORD, Philox.highKey(seed, Stream.DROPOUT) & WORD, draw & WORD, 0};
        all.put(Dropout.SEED, Tensor.of(words, words.length));
        return all;
    }
}
