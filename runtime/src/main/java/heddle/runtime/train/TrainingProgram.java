package heddle.runtime.train;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.Graph;
import heddle.compiler.op.Dropout;
import heddle.compiler.scalar.Philox;
import heddle.compiler.scalar.Philox.Stream;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.runtime.Program;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A graph of training as generated code. It takes batches, weights as they are at the moment, and the seed of dropouts. */
final class TrainingProgram {
    private static final long WORD = 0xFFFFFFFFL;

    private final Graph graph;
    private final Program program;
    private final ModelInputs inputs;

    private TrainingProgram(Graph graph, Program program, ModelInputs inputs) {
        this.graph = graph;
        this.program = program;
        this.inputs = inputs;
    }

    /**
     * Compiles a graph for this machine's processors.
     *
     * @param fusion whether operations become kernels together
     * @param fixed  lengths that were known when the model was read
     * @param frozen weights that are not trained, which are loaded once
     */
    static TrainingProgram of(
            Graph graph,
            Fusion fusion,
            Model model,
            Map<String, Long> fixed,
            Map<String, Tensor> frozen,
            JvmOptions options) {
        Plan plan = Compiler.compile(graph, fusion, SchedulePolicy.of(options.target()), Set.of())
                .plan();
        return new TrainingProgram(graph, JvmProgram.load(plan, frozen, options), new ModelInputs(model, fixed));
    }

    /** The graph as it was before it was compiled. */
    Graph graph() {
        return graph;
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
     */
    Map<String, Tensor> run(Map<String, Tensor> batch, Map<String, Tensor> weights, long seed, long draw) {
        Map<String, Long> lengths = inputs.check(batch);
        return program.run(inputs(batch, weights, seed, draw), lengths);
    }

    /** All that the graph reads. */
    static Map<String, Tensor> inputs(Map<String, Tensor> batch, Map<String, Tensor> weights, long seed, long draw) {
        Map<String, Tensor> all = new LinkedHashMap<>(batch);
        weights.forEach((name, tensor) -> all.put(TrainingGraph.WEIGHT + name, tensor));
        long[] words = {Philox.lowKey(seed) & WORD, Philox.highKey(seed, Stream.DROPOUT) & WORD, draw & WORD, 0};
        all.put(Dropout.SEED, Tensor.of(words, words.length));
        return all;
    }
}
