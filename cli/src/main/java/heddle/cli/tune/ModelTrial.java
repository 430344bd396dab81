package heddle.cli.tune;

import heddle.cli.report.WarmUp;
import heddle.compiler.backend.emit.EqualKernels;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ScheduleListing;
import heddle.compiler.tile.TileKernel;
import heddle.dsl.ast.ScheduleFile;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.ScheduleReader;
import heddle.dsl.source.SourceFile;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs a model in turns under the policy's schedules and under others, and compares the times of its kernels. Both run in the same
 * moments, so that a machine that gets slower or faster meanwhile does not decide. Kernels that are equal count as one. A schedule may want
 * a table of its mask that others do not: its time shows in whole runs.
 */
public final class ModelTrial implements Trial, AutoCloseable {
    /** Seconds until a model is warm: its kernels run in tight loops, which HotSpot compiles soon. */
    private static final WarmUp WARM_UP = new WarmUp(0.5, 3);

    /** Seconds that one comparison takes, and the least turns. */
    private static final double SECONDS = 1;

    private static final int TURNS = 7;

    /** A time that is no gain, whatever the noise: after the least turns, nothing more is wanted of it. */
    private static final double SLOW = 1.05;

    private final HeddleModel model;
    private final CompileOptions options;
    private final Map<String, Tensor> inputs;
    private final CompiledModel usual;
    private final EqualKernels equal;
    private Optional<CompiledModel> other = Optional.empty();

    /** @param options without schedules */
    public ModelTrial(HeddleModel model, CompileOptions options, Map<String, Tensor> inputs) {
        this.model = model;
        this.options = options;
        this.inputs = inputs;
        this.usual = model.compile(options);
        this.equal = EqualKernels.of(usual.compilation().plan());
        warm(usual);
    }

    /** The model under the policy's schedules. */
    public CompiledModel usual() {
        return usual;
    }

    /** The kernels of each group of equal ones, in the order in which they run. */
    public Map<String, List<TileKernel>> kernels() {
        return usual.compilation().plan().launches().stream()
                .collect(Collectors.groupingBy(k -> equal.group(k.name()), LinkedHashMap::new, Collectors.toList()));
    }

    /** What each group takes of the time of all kernels. */
    public Map<String, Double> shares() {
        Map<String, List<Double>> times = new HashMap<>();
        for (int n = 0; n < TURNS; n++) {
            profile(usual)
                    .forEach((kernel, nanos) -> times.computeIfAbsent(kernel, k -> new ArrayList<>())
                            .add((double) nanos));
        }
        Map<String, Double> shares = new LinkedHashMap<>();
        times.forEach((kernel, all) -> shares.put(kernel, quartile(all)));
        double sum = shares.values().stream().mapToDouble(x -> x).sum();
        shares.replaceAll((kernel, nanos) -> nanos / sum);
        return shares;
    }

    /** A file with schedules of groups: one for each of their kernels. */
    public String text(Map<String, KernelSchedule> schedules) {
        return kernels().entrySet().stream()
                .filter(group -> schedules.containsKey(group.getKey()))
                .flatMap(group ->
                        group.getValue().stream().map(k -> new TileKernel(k.program(), schedules.get(group.getKey()))))
                .map(ScheduleListing::of)
                .collect(Collectors.joining("\n"));
    }

    @Override
    public Ready of(Map<String, KernelSchedule> schedules) {
        CompiledModel compiled = compiled(schedules);
        return () -> {
            try {
                return compare(compiled, schedules.keySet());
            } catch (DiagnosticException e) {
                throw new Refused(e);
            }
        };
    }

    /** The model under other schedules, warm; what was compiled before is closed. */
    private CompiledModel compiled(Map<String, KernelSchedule> schedules) {
        other.ifPresent(CompiledModel::close);
        other = Optional.empty();
        try {
            Optional<ScheduleFile> file = Optional.of(text(schedules))
                    .filter(text -> !text.isEmpty())
                    .map(text -> ScheduleReader.read(new SourceFile("tuned", text)));
            CompiledModel compiled = model.compile(options.withSchedules(file));
            other = Optional.of(compiled);
            warm(compiled);
            return compiled;
        } catch (DiagnosticException e) {
            throw new Refused(e);
        }
    }

    private void warm(CompiledModel compiled) {
        WARM_UP.run(() ->
                profile(compiled).values().stream().mapToLong(Long::longValue).toArray());
    }

    /** Nanoseconds of each group in one run. */
    private Map<String, Long> profile(CompiledModel compiled) {
        Map<String, Long> nanos = new LinkedHashMap<>();
        compiled.profile(inputs, k -> nanos.merge(equal.group(k.name()), k.nanos(), Long::sum));
        return nanos;
    }

    /** @param changed the groups that have other schedules */
    private Map<String, Double> compare(CompiledModel compiled, Set<String> changed) {
        Map<String, Turns> turns = new LinkedHashMap<>();
        long begin = System.nanoTime();
        for (int turn = 0; turn < TURNS || System.nanoTime() - begin < SECONDS * 1e9; turn++) {
            Map<String, Long> before = profile(usual);
            Map<String, Long> after = profile(compiled);
            changed.forEach(kernel ->
                    turns.computeIfAbsent(kernel, k -> new Turns()).add(before.get(kernel), after.get(kernel)));
            boolean isSlow = turn == TURNS - 1
                    && changed.stream().allMatch(kernel -> turns.get(kernel).ratio() > SLOW);
            if (isSlow) {
                break;
            }
        }
        Map<String, Double> ratios = new LinkedHashMap<>();
        turns.forEach((kernel, t) -> ratios.put(kernel, t.ratio()));
        return ratios;
    }

    /** Times of what ran in turns. What others did meanwhile makes some longer, none shorter, so that the lower quartiles tell most. */
    private record Turns(List<Double> usual, List<Double> other) {
        Turns() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        void add(double before, double after) {
            usual.add(before);
            other.add(after);
        }

        double ratio() {
            return quartile(other) / Math.max(1, quartile(usual));
        }
    }

    private static double quartile(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(x -> x).sorted().toArray();
        return sorted[sorted.length / 4];
    }

    /** Milliseconds of whole runs: under the policy's schedules, and under others, in turns. */
    public double[] wholeRuns(Map<String, KernelSchedule> schedules) {
        CompiledModel compiled = compiled(schedules);
        Turns turns = new Turns();
        long begin = System.nanoTime();
        for (int turn = 0; turn < TURNS || System.nanoTime() - begin < 2 * SECONDS * 1e9; turn++) {
            turns.add(run(usual), run(compiled));
        }
        return new double[] {quartile(turns.usual) / 1e6, quartile(turns.other) / 1e6};
    }

    private double run(CompiledModel compiled) {
        long begin = System.nanoTime();
        compiled.run(inputs);
        return System.nanoTime() - begin;
    }

    /** Frees what the models have on a device. */
    @Override
    public void close() {
        other.ifPresent(CompiledModel::close);
        usual.close();
    }
}
