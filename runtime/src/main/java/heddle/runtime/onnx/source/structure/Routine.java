package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Step;
import java.util.List;

/**
 * A function that was found.
 *
 * @param id       by which calls name it
 * @param operands the tensors that it is given
 * @param counts   the numbers, texts and lengths that it is given behind them
 * @param resultNodes those that the last line stands for
 * @param scopes   where the file has what it computes
 */
public record Routine(
        String id,
        List<Value> operands,
        List<Parameters.Variable> counts,
        List<Step> body,
        List<Term> results,
        List<String> resultNodes,
        List<List<String>> scopes) {
    public Routine {
        operands = List.copyOf(operands);
        counts = List.copyOf(counts);
        body = List.copyOf(body);
        results = List.copyOf(results);
        resultNodes = List.copyOf(resultNodes);
        scopes = List.copyOf(scopes);
    }

    Routine with(List<Step> changed, List<Term> changedResults, List<String> nodes) {
        return new Routine(id, operands, counts, changed, changedResults, nodes, scopes);
    }
}
