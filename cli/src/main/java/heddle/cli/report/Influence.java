package heddle.cli.report;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import heddle.runtime.CompiledModel;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Which inputs change which outputs: a comparison of an output says nothing of an input that does not change it. */
public record Influence(CompiledModel compiled, Map<String, Tensor> given, Map<String, Tensor> results) {
    /** How many other tensors are tried for an input. */
    private static final int DRAWS = 3;

    /** A line for each input that changes no output, or not all that are computed from it. @param again draws inputs once more */
    public List<String> warnings(IntFunction<SequencedMap<String, Tensor>> again) {
        List<SequencedMap<String, Tensor>> draws =
                IntStream.rangeClosed(1, DRAWS).mapToObj(again).toList();
        List<String> warnings = new ArrayList<>();
        for (String input : draws.getFirst().keySet()) {
            SequencedSet<String> outputs = computedFrom(input);
            if (outputs.isEmpty()) {
                warnings.add("no output depends on the input " + input);
                continue;
            }
            outputs.removeIf(o -> results.get(o).size() == 0);
            boolean other = false;
            for (SequencedMap<String, Tensor> draw : draws) {
                if (!isSame(draw.get(input), given.get(input))) {
                    other = true;
                    Map<String, Tensor> changed = new LinkedHashMap<>(given);
                    changed.put(input, draw.get(input));
                    Map<String, Tensor> got = compiled.run(changed);
                    outputs.removeIf(o -> !isSame(got.get(o), results.get(o)));
                }
            }
            if (other) {
                outputs.forEach(
                        o -> warnings.add("the output " + o + " is the same for other random values of the input "
                                + input + ": nothing is known of how it depends on them"));
            }
        }
        return warnings;
    }

    private SequencedSet<String> computedFrom(String input) {
        Graph graph = compiled.model().declaration().graph();
        SequencedSet<String> outputs = new LinkedHashSet<>();
        graph.outputs().forEach((name, value) -> {
            if (isInput(value, input)
                    || graph.ancestors(value.node()).stream().anyMatch(n -> isInput(n.value(), input))) {
                outputs.add(name);
            }
        });
        return outputs;
    }

    private static boolean isInput(Value value, String name) {
        return value.node().op() instanceof Input input && input.key().equals(name);
    }

    private static boolean isSame(Tensor a, Tensor b) {
        return IntStream.range(0, a.size()).allMatch(i -> Double.compare(a.element(i), b.element(i)) == 0);
    }
}
