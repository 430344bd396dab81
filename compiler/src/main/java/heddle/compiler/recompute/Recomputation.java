package heddle.compiler.recompute;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which values of the forward pass are kept, and what that costs.
 *
 * <p>The forward pass is cut into {@linkplain Segment segments}; each has {@linkplain SegmentChoices choices}. One begins with those of
 * the least bytes and buys faster ones as long as the peak stays in the budget: those that save most time for a byte first, and late
 * segments before early ones. Values of late segments are there at the peak anyway.
 *
 * @param graph      the joint graph with what is computed again
 * @param kept       values that the backward pass reads, in order
 * @param recomputed nodes that are computed again, in order
 * @param peak       bytes of the chosen plan
 * @param whole      bytes of the plan that keeps everything
 * @param extra      time to compute again, as a part of the forward pass' time
 * @param curve      bytes against the time that is spent on computing again, as a part of one forward pass
 * @param typical    the lengths that bytes and times are for, of symbols that are not known
 */
public record Recomputation(
        Graph graph,
        List<Value> kept,
        List<Node> recomputed,
        long peak,
        long whole,
        double extra,
        List<Point> curve,
        SortedMap<String, Long> typical) {
    /**
     * A plan that was tried.
     *
     * @param peak  in bytes
     * @param extra time to compute again, as a part of the forward pass' time
     */
    public record Point(long peak, double extra) {}

    /** The bytes that a run of a joint graph takes, but for inputs, weights and their gradients. */
    @FunctionalInterface
    public interface Peak {
        long of(Graph graph);
    }

    /** Segments are merged, two at a time, four, eight, when even the least choice of all is too large. */
    private static final int MOST_MERGED = 8;

    /** A step from one choice of a segment to the next. */
    private record Purchase(int segment, int choice, double saving) {}

    /**
     * The fastest plan that is found within a budget.
     *
     * @param graph  with gradients written out, its lengths known, or typical ones
     * @param losses outputs that were differentiated, one or more: all that they depend on is the forward pass
     * @throws BudgetNotMet when there is none
     */
    public static Recomputation of(Graph graph, List<String> losses, MemoryBudget budget, Peak peak) {
        JointGraph joint = JointGraph.of(graph, losses);
        NodeCost cost = new NodeCost(budget.typical());
        long whole = peak.of(graph);
        long allowed = budget.bytes(whole);
        Search search = new Search(joint, cost, peak, allowed);
        search.curve.put(whole, 0.0);
        if (whole <= allowed) {
            return search.result(new Tried(Rematerialised.nothing(joint), whole), whole);
        }
        List<Segment> segments = Segment.of(joint, cost);
        for (int merged = 1; merged <= MOST_MERGED; merged *= 2) {
            Optional<Tried> best = search.best(Segment.merged(segments, merged));
            if (best.isPresent()) {
                return search.result(best.get(), whole);
            }
        }
        throw new BudgetNotMet(allowed, search.curve.firstKey(), whole);
    }

    /** A plan and the bytes that it takes. */
    private record Tried(Rematerialised plan, long bytes) {}

    /** Tries plans, and remembers what they take. */
    private static final class Search {
        private final JointGraph joint;
        private final NodeCost cost;
        private final Peak peak;
        private final long allowed;
        private final double forward;
        private final SortedMap<Long, Double> curve = new TreeMap<>();

        Search(JointGraph joint, NodeCost cost, Peak peak, long allowed) {
            this.joint = joint;
            this.cost = cost;
            this.peak = peak;
            this.allowed = allowed;
            this.forward = Math.max(1, time(joint.computed()));
        }

        private double time(Iterable<Node> nodes) {
            double time = 0;
            for (Node n : nodes) {
                time += cost.again(n, joint.graph().operands(n));
            }
            return time;
        }

        /** The fastest plan within the budget; empty when there is none. */
        Optional<Tried> best(List<Segment> segments) {
            List<List<SegmentChoices.Choice>> choices = choices(segments);
            List<Purchase> purchases = purchases(choices);
            Optional<Tried> best = Optional.empty();
            int fits = -1;
            int tooMany = purchases.size() + 1;
            while (tooMany - fits > 1) {
                int count = fits + (tooMany - fits) / 2;
                Tried tried = tried(kept(segments, choices, purchases.subList(0, count)));
                if (tried.bytes <= allowed) {
                    best = Optional.of(tried);
                    fits = count;
                } else {
                    tooMany = count;
                }
            }
            return best;
        }

        private Tried tried(Set<Value> kept) {
            Rematerialised plan = Rematerialised.of(joint, kept);
            long bytes = peak.of(plan.graph());
            curve.merge(bytes, time(plan.recomputed()) / forward, Math::min);
            return new Tried(plan, bytes);
        }

        /** Equal segments have the same choices. */
        private List<List<SegmentChoices.Choice>> choices(List<Segment> segments) {
            Map<List<Object>, List<SegmentChoices.Choice>> known = new HashMap<>();
            List<List<SegmentChoices.Choice>> all = new ArrayList<>();
            for (Segment s : segments) {
                all.add(known.computeIfAbsent(
                        SegmentChoices.signature(joint, s), none -> SegmentChoices.of(joint, cost, s)));
            }
            return all;
        }

        private static List<Purchase> purchases(List<List<SegmentChoices.Choice>> choices) {
            List<Purchase> purchases = new ArrayList<>();
            for (int s = 0; s < choices.size(); s++) {
                for (int n = 1; n < choices.get(s).size(); n++) {
                    double saving = SegmentChoices.saving(
                            choices.get(s).get(n - 1), choices.get(s).get(n));
                    purchases.add(new Purchase(s, n, saving));
                }
            }
            purchases.sort(Comparator.comparingDouble(Purchase::saving)
                    .reversed()
                    .thenComparing(Comparator.comparingInt(Purchase::segment).reversed())
                    .thenComparingInt(Purchase::choice));
            return purchases;
        }

        private static Set<Value> kept(
                List<Segment> segments, List<List<SegmentChoices.Choice>> choices, List<Purchase> bought) {
            Map<Integer, Integer> chosen = new HashMap<>();
            bought.forEach(p -> chosen.merge(p.segment, p.choice, Math::max));
            Set<Value> kept = new HashSet<>();
            for (int s = 0; s < segments.size(); s++) {
                kept.addAll(
                        SegmentChoices.values(segments.get(s), choices.get(s).get(chosen.getOrDefault(s, 0))));
            }
            return kept;
        }

        Recomputation result(Tried chosen, long whole) {
            Rematerialised plan = chosen.plan;
            List<Value> read = plan.kept().stream()
                    .filter(joint::isReadBackward)
                    .sorted(Comparator.comparingInt((Value v) -> v.node().id()).thenComparingInt(Value::index))
                    .toList();
            List<Point> points = curve.entrySet().stream()
                    .map(e -> new Point(e.getKey(), e.getValue()))
                    .toList();
            double extra = time(plan.recomputed()) / forward;
            return new Recomputation(
                    plan.graph(), read, plan.recomputed(), chosen.bytes, whole, extra, points, cost.lengths());
        }
    }
}
