package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Rolls steps that repeat into loops, those first that save most. */
final class Loops {
    /** Layers of published models are shorter. */
    private static final int LONGEST_PERIOD = 3000;

    /** Of runs that look like loops and are none, there are few in any model. */
    private static final int MOST_TRIES = 100;

    private final Uses uses;
    private final Predicate<Value> escapes;
    private final Map<String, Integer> keys = new HashMap<>();

    /** @param escapes whether a value is read behind the steps */
    Loops(Uses uses, Predicate<Value> escapes) {
        this.uses = uses;
        this.escapes = escapes;
    }

    /** Steps from {@code start} on that repeat with a period, {@code rounds} times at most. */
    private record Run(int start, int period, int rounds, int spare) {
        int saved() {
            return (rounds - 1) * period;
        }
    }

    List<Step> roll(List<Step> steps) {
        return roll(steps, 0);
    }

    private List<Step> roll(List<Step> steps, int depth) {
        List<Step> rolled = steps;
        while (true) {
            Optional<List<Step>> next = rollOnce(rolled, depth);
            if (next.isEmpty()) {
                return rolled;
            }
            rolled = next.get();
        }
    }

    private Optional<List<Step>> rollOnce(List<Step> steps, int depth) {
        List<Run> runs = runs(steps);
        if (runs.isEmpty()) {
            return Optional.empty();
        }
        Repetition.Steps all = new Repetition.Steps(steps, escapes);
        for (Run run : runs.subList(0, Math.min(runs.size(), MOST_TRIES))) {
            Optional<Repetition> best = best(all, run, depth);
            if (best.isPresent()) {
                return Optional.of(applied(steps, best.get(), depth));
            }
        }
        return Optional.empty();
    }

    private List<Step> applied(List<Step> steps, Repetition repetition, int depth) {
        List<Step> out = new ArrayList<>(steps.subList(0, repetition.start()));
        out.addAll(repetition.apply(uses, body -> inner(body, depth)));
        steps.subList(repetition.end(), steps.size()).forEach(s -> out.add(uses.current(s)));
        return out;
    }

    /** Loops in a loop's body. What the body's end reads escapes from it. */
    private List<Step> inner(Repetition.Body body, int depth) {
        return new Loops(uses, body.read()::contains).roll(body.steps(), depth + 1);
    }

    private Optional<Repetition> best(Repetition.Steps steps, Run run, int depth) {
        List<Repetition> found = new ArrayList<>();
        for (int phase = 0; phase <= run.spare(); phase++) {
            for (int skipped = 0; skipped < Math.min(3, run.rounds() - 1) && found.size() <= phase; skipped++) {
                Repetition.of(
                                steps,
                                run.start() + phase + skipped * run.period(),
                                run.period(),
                                run.rounds() - skipped,
                                depth)
                        .filter(Repetition::isWorthwhile)
                        .ifPresent(found::add);
            }
        }
        return found.stream().max(Comparator.comparingLong(Repetition::score));
    }

    private List<Run> runs(List<Step> steps) {
        int n = steps.size();
        int[] key = new int[n];
        for (int i = 0; i < n; i++) {
            key[i] = keys.computeIfAbsent(Skeleton.of(steps.get(i)).key(), k -> keys.size());
        }
        List<Run> runs = new ArrayList<>();
        for (int period = 1; period <= Math.min(n / 2, LONGEST_PERIOD); period++) {
            int equal = 0;
            for (int i = 0; i + period <= n; i++) {
                boolean same = i + period < n && key[i] == key[i + period];
                if (same) {
                    equal++;
                } else {
                    if (equal >= period) {
                        int length = equal + period;
                        runs.add(new Run(i - equal, period, length / period, length % period));
                    }
                    equal = 0;
                }
            }
        }
        runs.sort(Comparator.comparingInt(Run::saved).reversed());
        return runs;
    }
}
