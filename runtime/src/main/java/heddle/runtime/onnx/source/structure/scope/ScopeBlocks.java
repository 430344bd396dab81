package heddle.runtime.onnx.source.structure.scope;

import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Step;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Puts definitions together that share a scope. Where a scope cannot be computed in one go, because something outside needs
 * part of it and is needed by another part, it falls into pieces.
 */
public final class ScopeBlocks {
    private final List<Step.Compute> steps;
    private final Map<Value, Integer> makers = new HashMap<>();
    private final List<Set<Integer>> reads = new ArrayList<>();

    private ScopeBlocks(List<Step.Compute> steps) {
        this.steps = steps;
        for (int i = 0; i < steps.size(); i++) {
            Set<Integer> own = new HashSet<>();
            TermRewriting.reads(steps.get(i).term(), v -> {
                if (makers.containsKey(v)) {
                    own.add(makers.get(v));
                }
            });
            reads.add(own);
            int at = i;
            steps.get(i).results().forEach(v -> makers.put(v, at));
        }
    }

    /** All steps in one block, in the order in which they are computed from now on. */
    public static ScopePart.Scope of(List<Step.Compute> steps) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            all.add(i);
        }
        return new ScopeBlocks(steps).block(List.of(), all);
    }

    /** A scope's part, or a definition of the block itself; {@code members} grow. */
    private record Unit(List<String> path, List<Integer> members) {
        boolean isSingle() {
            return path.isEmpty();
        }
    }

    private ScopePart.Scope block(List<String> path, List<Integer> members) {
        ScopePart.Scope block = new ScopePart.Scope(path);
        for (Unit unit : ordered(units(path, members, Set.of()), members)) {
            block.parts()
                    .add(
                            unit.isSingle()
                                    ? new ScopePart.Single(
                                            steps.get(unit.members().getFirst()))
                                    : block(unit.path(), unit.members()));
        }
        return block;
    }

    /** @param torn scopes that cannot be computed in one go: neighbours alone belong together there */
    private List<Unit> units(List<String> path, List<Integer> members, Set<List<String>> torn) {
        int depth = path.size();
        Map<List<String>, Unit> open = new LinkedHashMap<>();
        List<Unit> units = new ArrayList<>();
        List<String> last = null;
        for (int i : members) {
            List<String> scope = steps.get(i).scope();
            List<String> own = scope.size() > depth ? scope.subList(0, depth + 1) : null;
            Unit known = own == null || torn.contains(own) && !own.equals(last) ? null : open.get(own);
            if (known == null) {
                known = new Unit(own == null ? List.of() : own, new ArrayList<>());
                units.add(known);
                if (own != null) {
                    open.put(own, known);
                }
            }
            known.members().add(i);
            last = own;
        }
        return units;
    }

    /** The units in an order in which each comes behind those that it reads, else as in the file. */
    private List<Unit> ordered(List<Unit> units, List<Integer> members) {
        List<Unit> current = units;
        Set<List<String>> torn = new HashSet<>();
        while (true) {
            List<Unit> order = new ArrayList<>();
            Set<Unit> stuck = sorted(current, order);
            if (stuck.isEmpty()) {
                return order;
            }
            List<String> outer = List.of();
            for (Unit unit : stuck) {
                if (!unit.isSingle()) {
                    torn.add(unit.path());
                    outer = unit.path().subList(0, unit.path().size() - 1);
                }
            }
            current = units(outer, members, torn);
        }
    }

    /** @return those that wait for each other */
    private Set<Unit> sorted(List<Unit> units, List<Unit> order) {
        int[] unitOf = new int[steps.size()];
        java.util.Arrays.fill(unitOf, -1);
        for (int u = 0; u < units.size(); u++) {
            for (int i : units.get(u).members()) {
                unitOf[i] = u;
            }
        }
        List<Set<Integer>> readers = new ArrayList<>();
        int[] waiting = new int[units.size()];
        units.forEach(u -> readers.add(new HashSet<>()));
        for (int u = 0; u < units.size(); u++) {
            for (int i : units.get(u).members()) {
                for (int read : reads.get(i)) {
                    int maker = unitOf[read];
                    if (maker >= 0 && maker != u && readers.get(maker).add(u)) {
                        waiting[u]++;
                    }
                }
            }
        }
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (int u = 0; u < waiting.length; u++) {
            if (waiting[u] == 0) {
                ready.add(u);
            }
        }
        Set<Unit> stuck = new HashSet<>(units);
        while (!ready.isEmpty()) {
            int u = ready.remove();
            order.add(units.get(u));
            stuck.remove(units.get(u));
            for (int reader : readers.get(u)) {
                if (--waiting[reader] == 0) {
                    ready.add(reader);
                }
            }
        }
        return stuck;
    }
}
