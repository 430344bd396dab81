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
    private final Set<Axis> own = new HashSet<>();

    /** @param thread the number of a thread in its group */
    BarrierPlacement(List<LocalArray> shared, Axis thread) {
        this.shared = shared.stream().map(LocalArray::buffer).collect(Collectors.toSet());
        own.add(thread);
    }

    /** The actions of a group with barriers among them. */
    List<Action> in(List<Action> actions) {
        actions.forEach(this::addOwn);
        return placed(actions, new Use());
    }

    private List<Action> placed(List<Action> actions, Use before) {
        List<Action> placed = new ArrayList<>();
        for (Action action : actions) {
            if (action instanceof Action.For f && isForAll(f)) {
                placed.add(new Action.For(f.axis(), f.span(), f.level(), around(f.body(), before)));
            } else if (action instanceof Action.When w && isForAll(w)) {
                Use inside = before.copy();
                List<Action> then = placed(w.then(), inside);
                placed.add(new Action.When(w.condition(), then));
                before.add(inside);
                if (then.stream().anyMatch(BarrierPlacement::holdsBarrier)) {
                    // PoCL lets the first thread choose for all in a branch that meets others where the condition ends.
                    placed.add(new Action.Barrier());
                    before.clear();
                }
            } else {
                Use use = use(List.of(action));
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

    private static boolean holdsBarrier(Action action) {
        return switch (action) {
            case Action.Barrier b -> true;
            case Action.For f -> f.body().stream().anyMatch(BarrierPlacement::holdsBarrier);
            case Action.When w -> w.then().stream().anyMatch(BarrierPlacement::holdsBarrier);
            default -> false;
        };
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
        return f.level() == Level.EACH
                && isAlike(f.span())
                && !use(f.body()).written.isEmpty();
    }

    /** Whether a loop begins and ends alike for all threads. */
    private boolean isAlike(Span span) {
        return switch (span) {
            case Span.Steps s -> isAlike(s.from()) && isAlike(s.to());
            case Span.Between b -> isAlike(b.from()) && isAlike(b.to());
            default -> true;
        };
    }

    private boolean isForAll(Action.When w) {
        return isAlike(w.condition()) && !use(w.then()).written.isEmpty();
    }

    private boolean isAlike(ScalarExpr e) {
        return own.stream().noneMatch(axis -> ScalarExprs.reads(e, axis));
    }

    /** Finds indexes that are computed from those that threads do not have alike. */
    private void addOwn(Action action) {
        switch (action) {
            case Action.At a -> {
                if (!isAlike(a.index())) {
                    own.add(a.axis());
                }
            }
            case Action.For f -> f.body().forEach(this::addOwn);
            case Action.When w -> w.then().forEach(this::addOwn);
            default -> {}
        }
    }

    /** What actions do to local memory. */
    private Use use(List<Action> actions) {
        Use use = new Use();
        actions.forEach(a -> add(a, use));
        return use;
    }

    private void add(Action action, Use use) {
        switch (action) {
            case Action.For f -> f.body().forEach(a -> add(a, use));
            case Action.When w -> {
                add(w.condition(), use);
                w.then().forEach(a -> add(a, use));
            }
            case Action.Let l -> add(l.value(), use);
            case Action.Assign a -> add(a.value(), use);
            case Action.Fold f -> add(f.value(), use);
            case Action.At a -> add(a.index(), use);
            case Action.Store s -> {
                add(s.address(), use);
                add(s.value(), use);
                if (shared.contains(s.to())) {
                    use.written.add(s.to());
                }
            }
            case Action.Add a -> {
                add(a.address(), use);
                add(a.value(), use);
            }
            default -> throw new IllegalStateException("not an action of a group: " + action);
        }
    }

    private void add(ScalarExpr e, Use use) {
        ScalarExprs.visit(e, part -> {
            if (part instanceof ScalarExpr.Element x && shared.contains(x.buffer())) {
                use.read.add(x.buffer());
            }
        });
    }
}
