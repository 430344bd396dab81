package heddle.compiler.scheduled.group;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.Level;
import heddle.compiler.scheduled.LocalArray;
import heddle.compiler.scheduled.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Puts a barrier between two accesses to an array in local memory by different threads of a group: reads after writes, writes after reads,
 * and writes after writes. A loop that all threads run alike may come around with what its end left in use.
 * A condition that holds a barrier is followed by one.
 */
final class BarrierPlacement {
    /** The arrays that some thread wrote or read since the last barrier. */
    private record Use(Set<Buffer> written, Set<Buffer> read) {
        Use() {
            this(new HashSet<>(), new HashSet<>());
        }

        Use copy() {
            return new Use(new HashSet<>(written), new HashSet<>(read));
        }

        void add(Use other) {
            written.addAll(other.written);
            read.addAll(other.read);
        }

        boolean forbids(Use next) {
            return next.read.stream().anyMatch(written::contains)
                    || next.written.stream().anyMatch(b -> written.contains(b) || read.contains(b));
        }

        void clear() {
            written.clear();
            read.clear();
        }
    }

    private final Set<Buffer> shared;

    /** The indexes that threads do not have alike. */
    private final Set<Axis> own;

    private BarrierPlacement(Set<Buffer> shared, Set<Axis> own) {
        this.shared = shared;
        this.own = own;
    }

    /**
     * The actions of a group with barriers among them.
     *
     * @param thread the number of a thread in its group
     */
    static List<Action> in(List<Action> actions, List<LocalArray> shared, Axis thread) {
        Set<Buffer> buffers = shared.stream().map(LocalArray::buffer).collect(Collectors.toSet());
        return new BarrierPlacement(buffers, Action.derived(thread, actions)).placed(actions, new Use());
    }

    private List<Action> placed(List<Action> actions, Use before) {
        List<Action> placed = new ArrayList<>();
        for (Action action : actions) {
            if (action instanceof Action.For f && isForAll(f)) {
                placed.add(new Action.For(f.axis(), f.span(), f.level(), around(f.body(), before)));
            } else if (action instanceof Action.When w && isForAll(w)) {
                Use inside = before.copy();
                List<Action> then = placed(w.body(), inside);
                placed.add(new Action.When(w.condition(), then));
                before.add(inside);
                if (then.stream().anyMatch(a -> a.any(Action.Barrier.class::isInstance))) {
                    // PoCL lets the first thread choose for all in a branch that meets others where the condition ends.
                    placed.add(new Action.Barrier());
                    before.clear();
                }
            } else {
                Use use = use(action);
                if (before.forbids(use)) {
                    placed.add(new Action.Barrier());
                    before.clear();
                }
                placed.add(action);
                before.add(use);
            }
        }
        return placed;
    }

    /** The body of a loop, which begins with what is in use before it or at its own end. */
    private List<Action> around(List<Action> body, Use before) {
        int known;
        do {
            known = before.written.size() + before.read.size();
            Use once = before.copy();
            placed(body, once);
            before.add(once);
        } while (before.written.size() + before.read.size() > known);
        Use last = before.copy();
        List<Action> placed = placed(body, last);
        before.add(last);
        return placed;
    }

    private boolean isForAll(Action.For f) {
        return f.level() == Level.EACH && isAlike(f.span()) && writes(f);
    }

    private boolean isForAll(Action.When w) {
        return isAlike(w.condition()) && writes(w);
    }

    private boolean writes(Action action) {
        return !use(action).written.isEmpty();
    }

    /** Whether a loop begins and ends alike for all threads. */
    private boolean isAlike(Span span) {
        return switch (span) {
            case Span.Steps s -> isAlike(s.from()) && isAlike(s.to());
            case Span.Between b -> isAlike(b.from()) && isAlike(b.to());
            default -> true;
        };
    }

    private boolean isAlike(ScalarExpr e) {
        return !ScalarExprs.readsAny(e, own);
    }

    /** What an action does to local memory. */
    private Use use(Action action) {
        Use use = new Use();
        action.all().forEach(part -> {
            part.programs()
                    .forEach(program -> ScalarExprs.visit(program, e -> {
                        if (e instanceof ScalarExpr.Element x && shared.contains(x.buffer())) {
                            use.read.add(x.buffer());
                        }
                    }));
            if (part instanceof Action.Store s && shared.contains(s.to())) {
                use.written.add(s.to());
            }
        });
        return use;
    }
}
