package heddle.runtime.verify;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Arithmetic;
import heddle.compiler.op.Interpreter;
import heddle.compiler.op.MonteCarloArithmetic;
import heddle.compiler.op.MonteCarloArithmetic.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;

/** A graph of a model, run in several arithmetics. Each run is made once, when it is first asked for. */
final class Reading {
    /** How many runs round at random, at most. */
    private static final int RANDOM = 24;

    private final Function<Arithmetic, SequencedMap<String, NdArray>> runs;
    private final SequencedMap<String, NdArray> exact;
    private final List<SequencedMap<String, NdArray>> inexact = new ArrayList<>();

    Reading(Graph graph, Interpreter exact) {
        this.runs =
                arithmetic -> new Interpreter(exact.inputs(), exact.weights(), exact.lengths(), arithmetic).run(graph);
        this.exact = exact.run(graph);
    }

    /** The outputs in double precision. */
    SequencedMap<String, NdArray> exact() {
        return exact;
    }

    /** The elements that no run explains, of those that are asked for; the first run rounds to nearest. */
    int[] unexplained(String output, Spread spread) {
        for (int n = 0; n <= RANDOM && spread.unexplained().length > 0; n++) {
            if (n == inexact.size()) {
                inexact.add(runs.apply(n == 0 ? Arithmetic.AS_TYPED : new MonteCarloArithmetic(Precision.AS_TYPED, n)));
            }
            spread.add(inexact.get(n).get(output));
        }
        return spread.unexplained();
    }
}
