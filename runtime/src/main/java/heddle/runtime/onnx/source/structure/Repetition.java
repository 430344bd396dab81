package heddle.runtime.onnx.source.structure;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.NameTemplate;
import heddle.runtime.onnx.source.structure.step.Step;
import heddle.runtime.onnx.source.structure.step.Sums;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Steps that repeat, and how each round's values follow from those of the round before. */
final class Repetition {
    private final Steps steps;
    private final int start;
    private final int period;
    private final String variable;
    private int rounds;
    private Round round;
    private final List<List<Source>> sources = new ArrayList<>();
    private final List<List<Term>> patterns = new ArrayList<>();

    /** A list of steps, looked at once. */
    static final class Steps {
        private final List<Step> steps;
        private final List<Skeleton> skeletons = new ArrayList<>();
        private final Map<Value, Place> places = new HashMap<>();
        private final Map<Value, Integer> lastRead = new HashMap<>();
        private final Predicate<Value> escapes;

        Steps(List<Step> steps, Predicate<Value> escapes) {
            this.steps = steps;
            this.escapes = escapes;
            for (int i = 0; i < steps.size(); i++) {
                Skeleton skeleton = Skeleton.of(steps.get(i));
                skeletons.add(skeleton);
                int at = i;
                skeleton.reads().forEach(v -> lastRead.put(v, at));
                List<Value> results = steps.get(i).results();
                for (int k = 0; k < results.size(); k++) {
                    places.put(results.get(k), new Place(i, k));
                }
            }
        }

        boolean isReadBehind(Value value, int end) {
            return lastRead.getOrDefault(value, -1) >= end || escapes.test(value);
        }
    }

    /** The step that defines a value, and which of its results it is. */
    private record Place(int step, int result) {}

    /** Where a round has a value from. */
    private sealed interface Source {
        /** A step of the same round. */
        record Here(Place place) implements Source {}

        /** The same value in each round. */
        record Fixed(Value value) implements Source {}

        /** A step of the round before; something else in the first one. */
        record Before(Place place, Value first) implements Source {}

        /** Another value from outside in each round. */
        record Each(List<Value> values) implements Source {}
    }

    /** The steps of a loop's body. @param read the values that the end of a round reads */
    record Body(List<Step> steps, Set<Value> read) {}

    private Repetition(Steps steps, int start, int period, int rounds, int depth) {
        this.steps = steps;
        this.start = start;
        this.period = period;
        this.rounds = rounds;
        int inner = -1;
        for (int i = start; i < start + period; i++) {
            inner = Math.max(inner, deepest(steps.steps.get(i)));
        }
        this.variable = Sums.MARK + "l" + Math.max(depth, inner + 1);
    }

    private static int deepest(Step step) {
        int deepest = -1;
        if (step instanceof Step.Loop loop) {
            deepest = Integer.parseInt(loop.variable().substring(2));
            for (Step inner : loop.body()) {
                deepest = Math.max(deepest, deepest(inner));
            }
        }
        return deepest;
    }

    /** Rounds from {@code start} on, at most so many; empty when there are not even two. */
    static Optional<Repetition> of(Steps steps, int start, int period, int rounds, int depth) {
        Repetition r = new Repetition(steps, start, period, rounds, depth);
        return r.findSources() && r.findPatterns() ? Optional.of(r) : Optional.empty();
    }

    int start() {
        return start;
    }

    int end() {
        return start + rounds * period;
    }

    private Skeleton skeleton(int i, int j) {
        return steps.skeletons.get(start + i * period + j);
    }

    private boolean findSources() {
        for (int j = 0; j < period; j++) {
            List<Source> own = new ArrayList<>();
            for (int r = 0; r < skeleton(0, j).reads().size(); r++) {
                List<Value> values = new ArrayList<>();
                for (int i = 0; i < rounds; i++) {
                    values.add(skeleton(i, j).reads().get(r));
                }
                Optional<Source> source = source(values);
                if (source.isEmpty()) {
                    return false;
                }
                own.add(source.get());
                rounds = Math.min(rounds, fitting(source.get(), values));
                if (rounds < 2) {
                    return false;
                }
            }
            sources.add(own);
        }
        return true;
    }

    /** The place of a value in a round; empty for one from elsewhere. */
    private Optional<Place> within(int i, Value value) {
        Place place = steps.places.get(value);
        int from = start + i * period;
        return place == null || place.step() < from || place.step() >= from + period
                ? Optional.empty()
                : Optional.of(new Place(place.step() - from, place.result()));
    }

    private boolean isBefore(Value value) {
        Place place = steps.places.get(value);
        return place == null || place.step() < start;
    }

    private Optional<Source> source(List<Value> values) {
        Optional<Place> here = within(0, values.get(0));
        if (here.isPresent()) {
            return Optional.of(new Source.Here(here.get()));
        }
        if (values.get(0) == values.get(1)) {
            return Optional.of(new Source.Fixed(values.get(0)));
        }
        Optional<Place> before = within(0, values.get(1));
        if (before.isPresent()) {
            return Optional.of(new Source.Before(before.get(), values.get(0)));
        }
        return isBefore(values.get(1)) ? Optional.of(new Source.Each(values)) : Optional.empty();
    }

    /** In how many rounds the values come from there. */
    private int fitting(Source source, List<Value> values) {
        int i = 0;
        while (i < values.size() && fits(source, i, values.get(i))) {
            i++;
        }
        return i;
    }

    private boolean fits(Source source, int i, Value value) {
        return switch (source) {
            case Source.Here here -> within(i, value).equals(Optional.of(here.place()));
            case Source.Fixed fixed -> value == fixed.value();
            case Source.Before before -> i == 0 || within(i - 1, value).equals(Optional.of(before.place()));
            case Source.Each each -> isBefore(value);
        };
    }

    private boolean findPatterns() {
        List<List<List<Leaf>>> columns = new ArrayList<>();
        for (int j = 0; j < period; j++) {
            List<List<Leaf>> rows = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                rows.add(skeleton(i, j).leaves());
            }
            columns.add(Progressions.transposed(rows));
        }
        round = new Round(variable, firstCount(columns), rounds);
        for (List<List<Leaf>> step : columns) {
            List<Term> own = new ArrayList<>();
            for (List<Leaf> column : step) {
                Optional<Term> pattern = round.pattern(column);
                if (pattern.isEmpty()) {
                    return false;
                }
                own.add(pattern.get());
            }
            patterns.add(own);
        }
        return true;
    }

    /** The first number that grows by one from round to round in a name: the file's own count of layers; else 0. */
    private long firstCount(List<List<List<Leaf>>> columns) {
        for (List<List<Leaf>> step : columns) {
            for (List<Leaf> column : step) {
                if (column.getFirst() instanceof Leaf.Words && !Progressions.allEqual(column)) {
                    OptionalLong count = count(Progressions.templates(column));
                    if (count.isPresent()) {
                        return count.getAsLong();
                    }
                }
            }
        }
        return 0;
    }

    private static OptionalLong count(List<NameTemplate> templates) {
        String wording = templates.getFirst().wording();
        if (!templates.stream().allMatch(t -> t.wording().equals(wording))) {
            return OptionalLong.empty();
        }
        for (int n = 0; n < templates.getFirst().numbers().size(); n++) {
            List<Dim> numbers = Progressions.numbers(templates, n);
            boolean counts = numbers.getFirst().isKnown() && !Progressions.allEqual(numbers);
            for (int i = 0; i < numbers.size() && counts; i++) {
                counts = numbers.get(i).equals(numbers.getFirst().plus(i));
            }
            if (counts && numbers.getFirst().value() < 100) {
                return OptionalLong.of(numbers.getFirst().value());
            }
        }
        return OptionalLong.empty();
    }

    private Set<Place> carried() {
        Set<Place> carried = new LinkedHashSet<>();
        sources.forEach(own -> own.forEach(s -> {
            if (s instanceof Source.Before before) {
                carried.add(before.place());
            }
        }));
        return carried;
    }

    private Value value(int i, Place place) {
        return steps.steps.get(start + i * period + place.step()).results().get(place.result());
    }

    /** The results that something behind the loop reads and that no variable holds there. */
    private List<Place> collected() {
        Set<Place> carried = carried();
        List<Place> collected = new ArrayList<>();
        for (int j = 0; j < period; j++) {
            for (int k = 0; k < steps.steps.get(start + j).results().size(); k++) {
                Place place = new Place(j, k);
                boolean read = false;
                for (int i = 0; i < rounds; i++) {
                    boolean held = i == rounds - 1 && carried.contains(place);
                    read |= !held && steps.isReadBehind(value(i, place), end());
                }
                if (read) {
                    collected.add(place);
                }
            }
        }
        return collected;
    }

    private long each() {
        return sources.stream()
                .flatMap(List::stream)
                .filter(Source.Each.class::isInstance)
                .distinct()
                .count();
    }

    /** Lines that the loop spares, less what makes it hard to read. */
    long score() {
        return 2L * (rounds - 1) * period
                - 3L * (collected().size() + each() + round.lists().size())
                - 2L * carried().size();
    }

    boolean isWorthwhile() {
        int spared = (rounds - 1) * period;
        int odd = collected().size() + (int) each() + round.lists().size();
        return carried().isEmpty()
                ? rounds >= 4 && spared > 4 + 2 * odd
                : spared > 1 && (rounds > 2 ? spared > 2 * odd : spared > 3 + 8 * odd);
    }

    /** Lists that are there before the loop, and the loop. Values that only lists have from now on are told to {@code uses}. */
    List<Step> apply(Uses uses, Function<Body, List<Step>> inner) {
        List<Step> out = new ArrayList<>(round.lists());
        Map<Source, Value> lists = new LinkedHashMap<>();
        Map<Source.Before, Value> variables = new LinkedHashMap<>();
        Set<Place> named = new HashSet<>();
        for (List<Source> own : sources) {
            for (Source source : own) {
                if (source instanceof Source.Each each && !lists.containsKey(source)) {
                    Value first = each.values().getFirst();
                    Value list = new Value(first.name() + "_all", first.type());
                    lists.put(source, list);
                    List<Term> items = each.values().stream()
                            .limit(rounds)
                            .<Term>map(Term.Ref::new)
                            .toList();
                    out.add(new Step.Compute(List.of(list), new Term.Items(items), List.of(), List.of()));
                } else if (source instanceof Source.Before before && !variables.containsKey(before)) {
                    Value last = value(rounds - 1, before.place());
                    boolean isLast = named.add(before.place());
                    variables.put(before, isLast ? last : new Value(last.name(), last.type()));
                }
            }
        }
        out.add(loop(uses, inner, lists, variables));
        return out;
    }

    private Step loop(
            Uses uses,
            Function<Body, List<Step>> inner,
            Map<Source, Value> lists,
            Map<Source.Before, Value> variables) {
        List<Step> body = new ArrayList<>();
        Set<Value> read = new HashSet<>();
        for (int j = 0; j < period; j++) {
            int at = j;
            List<Step> alike = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                alike.add(steps.steps.get(start + i * period + at));
            }
            Iterator<Source> own = sources.get(j).iterator();
            body.addAll(Filling.of(List.of(Step.merged(alike)), patterns.get(j), ref -> {
                Source source = own.next();
                return switch (source) {
                    case Source.Before before -> new Term.Ref(variables.get(before));
                    case Source.Each each ->
                        new Term.Subscript(new Term.Ref(lists.get(source)), List.of(round.index()));
                    default -> ref;
                };
            }));
        }
        // What lists have from now on is outside; the body has values of its own.
        Map<Value, Value> renewed = new HashMap<>();
        body = Renewal.of(body, Map.of(), renewed);
        List<Step.Carry> carries = new ArrayList<>();
        variables.forEach((before, variable) -> {
            Value next = renewed.get(value(0, before.place()));
            read.add(next);
            carries.add(new Step.Carry(variable, new Term.Ref(before.first()), new Term.Ref(next)));
        });
        List<Place> places = collected();
        places.forEach(place -> read.add(renewed.get(value(0, place))));
        List<String> nodes = body.stream().flatMap(s -> s.nodes().stream()).toList();
        List<Step> rolled = inner.apply(new Body(body, read));
        // Loops within may have put into lists what the end of a round reads.
        List<Step.Carry> current = carries.stream()
                .map(c -> c.with(c.start(), TermRewriting.replaced(c.next(), uses::replacement)))
                .toList();
        List<Step.Collected> lengthened = new ArrayList<>();
        for (Place place : places) {
            Value item = renewed.get(value(0, place));
            Value list = new Value(item.name() + "_all", item.type());
            Term now = TermRewriting.replaced(new Term.Ref(item), uses::replacement);
            lengthened.add(new Step.Collected(list, now));
        }
        for (int p = 0; p < places.size(); p++) {
            for (int i = 0; i < rounds; i++) {
                boolean held = i == rounds - 1 && carried().contains(places.get(p));
                Value value = value(i, places.get(p));
                if (!held && steps.isReadBehind(value, end())) {
                    uses.replace(value, lengthened.get(p).list(), i);
                }
            }
        }
        return new Step.Loop(variable, round.from(), rounds, current, lengthened, rolled, nodes);
    }
}
