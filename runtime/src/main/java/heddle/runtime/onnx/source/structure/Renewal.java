package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Rewrite;
import heddle.runtime.onnx.source.structure.step.Step;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Copies steps so that they define values of their own. */
final class Renewal implements Rewrite {
    private final Map<Value, String> hints;
    private final Map<Value, Value> renewed;

    private Renewal(Map<Value, String> hints, Map<Value, Value> renewed) {
        this.hints = hints;
        this.renewed = renewed;
    }

    /** @param hints for the names of the new values @param renewed is told for each value of the steps which one is now there */
    static List<Step> of(List<Step> steps, Map<Value, String> hints, Map<Value, Value> renewed) {
        Renewal renewal = new Renewal(hints, renewed);
        List<Step> out = new ArrayList<>();
        steps.forEach(s -> out.add(renewal.step(s)));
        return out;
    }

    private Step step(Step step) {
        if (step instanceof Step.Loop loop) {
            List<Term> starts = loop.carries().stream()
                    .map(c -> TermRewriting.rewrite(c.start(), this))
                    .toList();
            loop.carries().forEach(c -> fresh(c.variable()));
            loop.collected().forEach(c -> fresh(c.list()));
            List<Step> body = of(loop.body(), hints, renewed);
            List<Step.Carry> carries = new ArrayList<>();
            for (int i = 0; i < starts.size(); i++) {
                Step.Carry c = loop.carries().get(i);
                carries.add(new Step.Carry(
                        renewed.get(c.variable()),
                        starts.get(i),
                        c.startNodes(),
                        TermRewriting.rewrite(c.next(), this),
                        c.nodes()));
            }
            List<Step.Collected> lists = loop.collected().stream()
                    .map(c -> new Step.Collected(renewed.get(c.list()), TermRewriting.rewrite(c.item(), this)))
                    .toList();
            return new Step.Loop(loop.variable(), loop.from(), loop.count(), carries, lists, body, loop.nodes());
        }
        Step.Compute c = (Step.Compute) step;
        Term term = TermRewriting.rewrite(c.term(), this);
        c.results().forEach(this::fresh);
        List<Value> results = c.results().stream().map(renewed::get).toList();
        return new Step.Compute(results, term, c.nodes(), c.scope());
    }

    private void fresh(Value value) {
        renewed.put(value, new Value(hints.getOrDefault(value, value.name()), value.type()));
    }

    @Override
    public Term ref(Term.Ref ref) {
        Value value = renewed.get(ref.value());
        return value == null ? ref : new Term.Ref(value);
    }
}
