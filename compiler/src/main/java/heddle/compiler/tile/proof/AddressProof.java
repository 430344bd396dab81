package heddle.compiler.tile.proof;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.SharedExpr;
import heddle.compiler.tile.LoopBounds;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Dim;
import heddle.compiler.type.LengthFacts;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Shows that every address lies in its buffer: {@code 0 <= address < size} at every index of the loops and under the
 * conditions of the selects around it, for all lengths that a model may run with.
 *
 * <p>An axis counts as having an index where an address or its conditions read that index. Elsewhere a loop over the axis
 * may be empty, and a writer may compute the address before it.
 */
public final class AddressProof {
    /** What it takes for an address to lie in its buffer; {@code UNKNOWN} when it is not seen to. */
    enum Verdict {
        PROVED,
        CLAMPED,
        GUARDED,
        ADDED,
        UNKNOWN
    }

    /** @param positive extents of axes that are known to have an index */
    private record Question(ScalarExpr address, Shape shape, Set<Condition> conditions, Set<Dim> positive) {}

    private final LengthFacts lengths;
    private final Map<Question, Verdict> answers = new HashMap<>();

    /** @param lengths what holds whenever the model runs */
    public AddressProof(LengthFacts lengths) {
        this.lengths = lengths;
    }

    /**
     * Shows it for all that a kernel reads and stores, also to tell blocks apart.
     *
     * @throws AddressOutside when an address may lie elsewhere
     */
    public AddressCounts of(TileKernel kernel) {
        return new KernelAddresses(this, kernel).counts();
    }

    /** Whether every element that a program reads lies in its buffer. */
    public boolean holds(ScalarExpr program) {
        return open(program).isEmpty();
    }

    /**
     * {@code program} with reads that lie in their buffers only where {@code condition} is true kept behind what it says of
     * indexes. Where it is false, they give zero.
     */
    public ScalarExpr behind(ScalarExpr condition, ScalarExpr program) {
        ScalarExpr result = program;
        Set<SharedExpr> done = new HashSet<>();
        Optional<SharedExpr> next = nextOpen(result, done);
        while (next.isPresent()) {
            SharedExpr element = next.get(); // Once it is guarded, what it stands in has another address.
            done.add(element);
            Set<Condition> conditions = open(result).get(element);
            SequencedSet<Condition> needed = Condition.of(condition, true);
            needed.removeIf(c -> ScalarExprs.readsMemory(c.truth()));
            if (lies(element, conditions, needed)) {
                for (Condition c : List.copyOf(needed)) {
                    needed.remove(c);
                    if (!lies(element, conditions, needed)) {
                        needed.add(c);
                    }
                }
                result = selected(result, element, conjunction(needed));
            }
            next = nextOpen(result, done);
        }
        return result;
    }

    /** An element that is not seen to lie in its buffer and is not done. No other such one stands in its address. */
    private Optional<SharedExpr> nextOpen(ScalarExpr program, Set<SharedExpr> done) {
        return open(program).keySet().stream().filter(e -> !done.contains(e)).findFirst();
    }

    private boolean lies(SharedExpr element, Set<Condition> conditions, Set<Condition> more) {
        Set<Condition> all = new LinkedHashSet<>(conditions);
        all.addAll(more);
        return verdict(element, all, Set.of()) != Verdict.UNKNOWN;
    }

    /** {@code program} with reads that are not seen to lie in their buffers made only where their address does. */
    public ScalarExpr guarded(ScalarExpr program) {
        ScalarExpr result = program;
        Set<SharedExpr> done = new HashSet<>();
        Optional<SharedExpr> next = nextOpen(result, done);
        while (next.isPresent()) {
            SharedExpr element = next.get();
            done.add(element);
            result = selected(result, element, conjunction(guard(element)));
            next = nextOpen(result, done);
        }
        return result;
    }

    /** That an address lies in its buffer, as {@link #guarded} asks. */
    private static SequencedSet<Condition> guard(SharedExpr element) {
        ScalarExpr size = ScalarExpr.of(shape(element).size());
        SequencedSet<Condition> guard = new LinkedHashSet<>();
        guard.add(new Condition(ScalarExpr.apply(ScalarFn.GE, address(element), ScalarExpr.of(0)), true));
        guard.add(new Condition(ScalarExpr.apply(ScalarFn.LT, address(element), size), true));
        return guard;
    }

    private static ScalarExpr selected(ScalarExpr program, SharedExpr element, ScalarExpr condition) {
        ScalarExpr guarded = ScalarExpr.apply(ScalarFn.SELECT, condition, element, ScalarExpr.zero(element.type()));
        return ScalarExprs.transform(program, e -> e.equals(element) ? guarded : e);
    }

    private static ScalarExpr conjunction(Set<Condition> conditions) {
        return conditions.stream()
                .map(Condition::asTruth)
                .reduce((a, b) -> ScalarExpr.apply(ScalarFn.AND, a, b))
                .orElseThrow();
    }

    /** The elements that are not seen to lie in their buffers, those that stand in others' addresses first. */
    private Map<SharedExpr, Set<Condition>> open(ScalarExpr program) {
        Map<SharedExpr, Set<Condition>> open = new LinkedHashMap<>();
        check(program, Set.of(), open);
        return open;
    }

    /**
     * Goes through what a program reads.
     *
     * @param positive extents of axes that are known to have an index
     * @param open     gets the elements that are not seen to lie in their buffers, with the conditions they are read under
     */
    AddressCounts check(ScalarExpr program, Set<Dim> positive, Map<SharedExpr, Set<Condition>> open) {
        SequencedSet<SharedExpr> elements = new LinkedHashSet<>();
        ScalarExprs.visit(program, e -> {
            if (e instanceof SharedExpr x && (e instanceof Element || e instanceof ScalarExpr.Read)) {
                elements.add(x);
            }
        });
        int[] counts = new int[Verdict.values().length];
        List<SharedExpr> conditional = new ArrayList<>();
        for (SharedExpr e : elements) {
            Verdict always = verdict(e, Set.of(), positive);
            if (always == Verdict.UNKNOWN) {
                conditional.add(e);
            } else {
                counts[always.ordinal()]++;
            }
        }
        if (!conditional.isEmpty()) {
            Conditions conditions = new Conditions(program);
            for (SharedExpr e : conditional) {
                Verdict there = verdict(e, conditions.at(e), positive);
                boolean isAdded = there == Verdict.GUARDED && conditions.at(e).containsAll(guard(e));
                counts[(isAdded ? Verdict.ADDED : there).ordinal()]++;
                if (there == Verdict.UNKNOWN) {
                    open.put(e, conditions.at(e));
                }
            }
        }
        return new AddressCounts(
                counts[Verdict.PROVED.ordinal()],
                counts[Verdict.GUARDED.ordinal()],
                counts[Verdict.ADDED.ordinal()],
                counts[Verdict.CLAMPED.ordinal()]);
    }

    private Verdict verdict(SharedExpr element, Set<Condition> conditions, Set<Dim> positive) {
        Question question = new Question(address(element), shape(element), conditions, positive);
        Verdict known = answers.get(question);
        if (known == null) {
            known = answer(question);
            answers.put(question, known);
        }
        return known;
    }

    private static ScalarExpr address(SharedExpr read) {
        return read instanceof ScalarExpr.Read r
                ? IndexSimplifier.address(r.tensor().shape(), r.index())
                : ((Element) read).address();
    }

    private static Shape shape(SharedExpr read) {
        return read instanceof ScalarExpr.Read r
                ? r.tensor().shape()
                : ((Element) read).buffer().type().shape();
    }

    private Verdict answer(Question q) {
        try {
            return lies(q) ? lying(q) : Verdict.UNKNOWN;
        } catch (ArithmeticException overflow) {
            return Verdict.UNKNOWN;
        }
    }

    private static Verdict lying(Question q) {
        return !q.conditions.isEmpty() ? Verdict.GUARDED : isClamped(q.address) ? Verdict.CLAMPED : Verdict.PROVED;
    }

    private boolean lies(Question q) {
        Set<Dim> extents = new LinkedHashSet<>(q.positive);
        List<LinearForm> known = new ArrayList<>();
        addExtents(q.address, extents);
        for (Condition c : q.conditions) {
            addExtents(c.truth(), extents);
            known.addAll(c.forms());
        }
        LengthFacts here = lengths.withPositive(extents);
        LinearForm address = IndexSimplifier.form(q.address);
        LinearForm last = LinearForm.of(q.shape.size().minus(1));
        return new LinearProof(here).isNonNegative(last.minus(address), known)
                && new LinearProof(here).isNonNegative(address, known);
    }

    /** Whether a loop with bounds has indexes of its axis alone. */
    boolean areWithin(LoopBounds bounds, Axis axis) {
        Set<Dim> extents = new LinkedHashSet<>();
        addExtents(bounds.from(), extents);
        addExtents(bounds.to(), extents);
        LinearProof proof = new LinearProof(lengths.withPositive(extents));
        LinearForm rest = LinearForm.of(axis.extent()).minus(IndexSimplifier.form(bounds.to()));
        return proof.isNonNegative(IndexSimplifier.form(bounds.from()), List.of())
                && proof.isNonNegative(rest, List.of());
    }

    private static void addExtents(ScalarExpr e, Set<Dim> extents) {
        ScalarExprs.visit(e, x -> {
            if (x instanceof ScalarExpr.Index i) {
                extents.add(i.axis().extent());
            }
        });
    }

    private static boolean isClamped(ScalarExpr address) {
        return ScalarExprs.any(
                address, e -> e instanceof Apply a && (a.fn() == ScalarFn.MIN || a.fn() == ScalarFn.MAX));
    }
}
