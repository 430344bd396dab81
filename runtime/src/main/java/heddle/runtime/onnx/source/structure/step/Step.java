package heddle.runtime.onnx.source.structure.step;

import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import java.util.ArrayList;
import java.util.List;

/** A statement before it has names: what is computed, or a loop. */
public sealed interface Step {
    /** The term with leaves rewritten. */
    Step rewritten(Rewrite r);

    /** The values that are known behind it. */
    List<Value> results();

    /** The nodes of the file that it stands for. */
    List<String> nodes();

    /**
     * {@code let results = term}.
     *
     * @param scope where the file has it, outermost first
     */
    record Compute(List<Value> results, Term term, List<String> nodes, List<String> scope) implements Step {
        public Compute {
            results = List.copyOf(results);
            nodes = List.copyOf(nodes);
            scope = List.copyOf(scope);
        }

        @Override
        public Compute rewritten(Rewrite r) {
            r.mark("let" + results.size());
            Compute changed = new Compute(results, TermRewriting.rewrite(term, r), nodes, scope);
            results.forEach(r::defined);
            return changed;
        }
    }

    /**
     * {@code for variable in 0 .. count}. Behind it, the variables of {@code carries} have their last value, and the lists
     * have an element for each round.
     */
    record Loop(
            String variable,
            long from,
            long count,
            List<Carry> carries,
            List<Collected> collected,
            List<Step> body,
            List<String> nodes)
            implements Step {
        public Loop {
            carries = List.copyOf(carries);
            collected = List.copyOf(collected);
            body = List.copyOf(body);
            nodes = List.copyOf(nodes);
        }

        @Override
        public Loop rewritten(Rewrite r) {
            r.mark("for" + from + ".." + count + "," + carries.size() + "," + collected.size());
            List<Term> starts = new ArrayList<>();
            carries.forEach(c -> starts.add(TermRewriting.rewrite(c.start(), r)));
            carries.forEach(c -> r.defined(c.variable()));
            collected.forEach(c -> r.defined(c.list()));
            List<Step> steps = new ArrayList<>();
            body.forEach(s -> steps.add(s.rewritten(r)));
            List<Carry> changed = new ArrayList<>();
            for (int i = 0; i < carries.size(); i++) {
                Carry c = carries.get(i);
                changed.add(c.with(starts.get(i), TermRewriting.rewrite(c.next(), r)));
            }
            List<Collected> lists = collected.stream()
                    .map(c -> new Collected(c.list(), TermRewriting.rewrite(c.item(), r)))
                    .toList();
            return new Loop(variable, from, count, changed, lists, steps, nodes);
        }

        @Override
        public List<Value> results() {
            List<Value> all = new ArrayList<>();
            carries.forEach(c -> all.add(c.variable()));
            collected.forEach(c -> all.add(c.list()));
            return all;
        }
    }

    /** One of some steps that are written alike, with the nodes of all. */
    static Step merged(List<Step> alike) {
        Step first = alike.getFirst();
        List<String> nodes =
                alike.stream().flatMap(s -> s.nodes().stream()).distinct().toList();
        if (first instanceof Loop loop) {
            List<Step> body = new ArrayList<>();
            for (int i = 0; i < loop.body().size(); i++) {
                int at = i;
                body.add(merged(
                        alike.stream().map(s -> ((Loop) s).body().get(at)).toList()));
            }
            return new Loop(loop.variable(), loop.from(), loop.count(), loop.carries(), loop.collected(), body, nodes);
        }
        Compute c = (Compute) first;
        return new Compute(c.results(), c.term(), nodes, c.scope());
    }

    /**
     * A variable of a loop.
     *
     * @param next       what it is in the next round
     * @param startNodes those that the first line of it stands for
     * @param nodes      those that its change stands for
     */
    record Carry(Value variable, Term start, List<String> startNodes, Term next, List<String> nodes) {
        public Carry(Value variable, Term start, Term next) {
            this(variable, start, List.of(), next, List.of());
        }

        public Carry with(Term otherStart, Term otherNext) {
            return new Carry(variable, otherStart, startNodes, otherNext, nodes);
        }
    }

    /** A list that each round makes longer by one. */
    record Collected(Value list, Term item) {}
}
