package heddle.cli.tune;

import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Looks for faster schedules, kernel by kernel: from the best schedule so far to each of its neighbours, and on from the first that is
 * faster. Kernels do not depend on each other, so that one run tries one schedule of each. What looks faster is measured again before it
 * is believed, and once more at the end.
 *
 * @param trial measures schedules
 * @param goesOn asked before each trial
 */
public record ScheduleSearch(Trial trial, BooleanSupplier goesOn) {
    /** How much faster a schedule has to be, as a part of the time: less cannot be told from noise. */
    static final double GAIN = 0.03;

    /**
     * A kernel whose schedule is looked for.
     *
     * @param start      the policy's schedule
     * @param neighbours of a schedule
     */
    public record Kernel(
            String name, KernelSchedule start, Function<KernelSchedule, List<KernelSchedule>> neighbours) {}

    /**
     * What was found for a kernel.
     *
     * @param schedule the best one: the policy's where none is faster
     * @param time     as a part of that under the policy's schedule
     * @param tried    how many others were measured
     * @param isDone   whether no neighbour is left that was not tried
     */
    public record Found(KernelSchedule schedule, double time, int tried, boolean isDone) {
        /** Whether a schedule is faster than the policy's. */
        public boolean isFaster() {
            return time < 1;
        }
    }

    /** A kernel and how far the search has come. */
    private static final class State {
        private final Kernel kernel;
        private final Set<Set<Choice>> seen = new HashSet<>();
        private final Deque<KernelSchedule> next = new ArrayDeque<>();
        private KernelSchedule best;
        private double time = 1;
        private int tried;

        State(Kernel kernel) {
            this.kernel = kernel;
            seen.add(Set.copyOf(kernel.start.choices()));
            take(kernel.start, 1);
        }

        /** Goes on from a schedule: first along the way that led to it. */
        void take(KernelSchedule schedule, double measured) {
            Set<Object> way = best == null ? Set.of() : subjects(best, schedule);
            best = schedule;
            time = measured;
            List<KernelSchedule> neighbours = new ArrayList<>(kernel.neighbours.apply(schedule));
            neighbours.sort(
                    Comparator.comparing(n -> subjects(schedule, n).stream().noneMatch(way::contains)));
            next.clear();
            neighbours.stream()
                    .filter(n -> !seen.contains(Set.copyOf(n.choices())))
                    .forEach(next::add);
        }

        KernelSchedule poll() {
            tried++;
            KernelSchedule schedule = next.remove();
            seen.add(Set.copyOf(schedule.choices()));
            return schedule;
        }

        /** What a schedule decides that another decides otherwise. */
        private static Set<Object> subjects(KernelSchedule from, KernelSchedule to) {
            Set<Object> subjects = new HashSet<>();
            for (Choice c : to.choices()) {
                if (!from.choices().contains(c)) {
                    subjects.add(List.of(c.getClass(), c.subject()));
                }
            }
            return subjects;
        }
    }

    /** The best schedules of kernels, by name. */
    public Map<String, Found> of(List<Kernel> kernels) {
        List<State> states = kernels.stream().map(State::new).toList();
        while (goesOn.getAsBoolean() && states.stream().anyMatch(s -> !s.next.isEmpty())) {
            Map<State, KernelSchedule> tried = new LinkedHashMap<>();
            states.stream().filter(s -> !s.next.isEmpty()).forEach(s -> tried.put(s, s.poll()));
            compare(tried);
        }
        confirm(states);
        Map<String, Found> found = new LinkedHashMap<>();
        states.forEach(s -> found.put(s.kernel.name, new Found(s.best, s.time, s.tried, s.next.isEmpty())));
        return found;
    }

    /** Where the machine refuses one of several, each is tried alone. */
    private void compare(Map<State, KernelSchedule> tried) {
        try {
            Trial.Ready ready = trial.of(named(tried));
            Map<String, Double> first = ready.times();
            if (tried.keySet().stream().noneMatch(s -> isBetter(s, first))) {
                return;
            }
            Map<String, Double> second = ready.times();
            tried.forEach((state, schedule) -> {
                if (isBetter(state, first) && isBetter(state, second)) {
                    state.take(schedule, Math.max(time(state, first), time(state, second)));
                }
            });
        } catch (Trial.Refused e) {
            if (tried.size() > 1) {
                tried.forEach((state, schedule) -> compare(Map.of(state, schedule)));
            }
        }
    }

    private static Map<String, KernelSchedule> named(Map<State, KernelSchedule> schedules) {
        Map<String, KernelSchedule> named = new LinkedHashMap<>();
        schedules.forEach((state, schedule) -> named.put(state.kernel.name, schedule));
        return named;
    }

    private static double time(State state, Map<String, Double> times) {
        return times.get(state.kernel.name);
    }

    private static boolean isBetter(State state, Map<String, Double> times) {
        return time(state, times) < state.time * (1 - GAIN);
    }

    /** Of many schedules some look faster by chance: all that were taken are measured together once more. */
    private void confirm(List<State> states) {
        Map<State, KernelSchedule> faster = new LinkedHashMap<>();
        states.stream().filter(s -> s.time < 1).forEach(s -> faster.put(s, s.best));
        if (faster.isEmpty()) {
            return;
        }
        Map<String, Double> times = confirmed(faster);
        faster.keySet().forEach(state -> {
            boolean holds = times.containsKey(state.kernel.name) && time(state, times) < 1 - GAIN;
            state.best = holds ? state.best : state.kernel.start;
            state.time = holds ? time(state, times) : 1;
        });
    }

    /** The times of schedules; where the machine refuses all at once, of those that it takes alone. */
    private Map<String, Double> confirmed(Map<State, KernelSchedule> schedules) {
        try {
            return trial.of(named(schedules)).times();
        } catch (Trial.Refused e) {
            Map<String, Double> times = new HashMap<>();
            if (schedules.size() > 1) {
                schedules.forEach((state, schedule) -> times.putAll(confirmed(Map.of(state, schedule))));
            }
            return times;
        }
    }
}
