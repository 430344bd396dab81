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
import heddle.compiler.type.Precision;
import heddle.runtime.NotEnoughMemory;
import heddle.runtime.PlanLoader;
import heddle.runtime.Program;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A graph of training as generated code. It takes batches, weights as they are at the moment, and the seed of dropouts. */
final class TrainingProgram {
    private static final long WORD = 0xFFFFFFFFL;

    /** How much coarser sums are that are rounded to sixteen bits in other places. */
    private static final double SIXTEEN_BITS = 50;

    private final Graph graph;
    private final Plan plan;
    private final Program program;
    private final ModelInputs inputs;
    private final TrainingTarget target;

    private TrainingProgram(Graph graph, Plan plan, Program program, ModelInputs inputs, TrainingTarget target) {
        this.graph = graph;
        this.plan = plan;
        this.program = program;
        this.inputs = inputs;
        this.target = target;
    }

    /**
     * Compiles a graph.
     *
     * @param fusion whether operations become kernels together
     * @param budget of memory, for a graph with gradients whose lengths are known
     * @param fixed  lengths that were known when the model was read
     * @param frozen weights that are not trained, which are loaded once
     * @param target that it runs on
     */
    static TrainingProgram of(
            Graph graph,
            Fusion fusion,
            Optional<MemoryBudget> budget,
            Model model,
            Map<String, Long> fixed,
            Map<String, Tensor> frozen,
            TrainingTarget target) {
        Plan plan = Compiler.compile(graph, fusion, target.loader().policy(), Set.of(), budget)
                .plan();
        Program program = target.loader().load(plan, frozen);
        if (target.isChecked()) {
            program = new FirstStepCheck(
                    program,
                    () -> {
                        PlanLoader jvm = PlanLoader.jvm(target.jvm());
                        return jvm.load(
                                Compiler.compile(graph, fusion, jvm.policy(), Set.of(), budget)
                                        .plan(),
                                frozen);
                    },
                    isNarrow(graph) ? SIXTEEN_BITS : 1);
        }
        return new TrainingProgram(graph, plan, program, new ModelInputs(model, fixed), target);
    }

    private static boolean isNarrow(Graph graph) {
        return graph.nodes().stream()
                .flatMap(n -> n.results().stream())
                .anyMatch(type -> Precision.isNarrow(type.dtype()));
    }

    /** Where a run first computes something that is not finite, when each operation runs by itself. */
    Optional<FirstNonFinite> firstNonFinite(
            Map<String, Tensor> batch, Map<String, Tensor> weights, Map<String, Tensor> frozen, long seed, long draw) {
        try {
            return FirstNonFinite.of(
                    graph, inputs(batch, weights, seed, draw), inputs.check(batch), frozen, target.jvm());
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
            throw NotEnoughMemory.of(plan, target.isOnJvm(), lengths, e);
        }
    }

    /** What a run's dropouts are drawn by. Their counter has 32 bits for the run: each 2^32 runs have another key. */
    static long[] seed(long seed, long draw) {
        int[] key = {Philox.lowKey(seed), Philox.highKey(seed, Stream.DROPOUT), 0, 0};
        int beyond = (int) (draw >>> Integer.SIZE);
        if (beyond != 0) {
            int[] drawn = {beyond, 0, 0, 0};
            Philox.draw(key[0], key[1], drawn);
            key = drawn;
        }
        return new long[] {key[0] & WORD, key[1] & WORD, draw & WORD, 0};
    }

    /** All that the graph reads. */
    private static Map<String, Tensor> inputs(
            Map<String, Tensor> batch, Map<String, Tensor> weights, long seed, long draw) {
        Map<String, Tensor> all = new LinkedHashMap<>(batch);
        weights.forEach((name, tensor) -> all.put(TrainingGraph.WEIGHT + name, tensor));
        long[] words = seed(seed, draw);
        all.put(Dropout.SEED, Tensor.of(words, words.length));
        return all;
    }
}
