package heddle.cli.report;

import heddle.compiler.backend.emit.EqualKernels;
import heddle.compiler.tile.BlockCount;
import heddle.compiler.tile.TileKernel;
import heddle.runtime.CompiledModel;
import heddle.runtime.KernelTiming;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Timed runs of a model.
 *
 * @param nanos   the median of whole runs
 * @param kernels each kernel with the median of its times, in the order in which they run
 * @param equal   which of them are equal
 * @param atMost  those that may compute less than counts
 * @param warmUp  how the warm-up before ended
 */
public record Measurement(
        long nanos, List<KernelTiming> kernels, EqualKernels equal, Set<String> atMost, WarmUp.Ended warmUp) {
    /**
     * Runs a model until it is warm, then times it: whole runs first, then as often the kernels, because being watched
     * may make a run slower.
     */
    public static Measurement of(CompiledModel model, Map<String, Tensor> inputs, WarmUp warmUp, int runs) {
        WarmUp.Ended warm = warmUp.run(() -> round(model, inputs));
        long[] whole = new long[Math.max(runs, 1)];
        Map<String, List<KernelTiming>> kernels = new LinkedHashMap<>();
        for (int i = 0; i < whole.length; i++) {
            whole[i] = run(model, inputs);
        }
        for (int i = 0; i < whole.length; i++) {
            model.profile(
                    inputs,
                    k -> kernels.computeIfAbsent(k.name(), name -> new ArrayList<>())
                            .add(k));
        }
        List<KernelTiming> medians =
                kernels.values().stream().map(Measurement::median).toList();
        return new Measurement(
                median(whole),
                medians,
                EqualKernels.of(model.compilation().plan()),
                atMost(model, model.lengths(inputs)),
                warm);
    }

    /** The names of the kernels of a run that skip blocks by what data says: how many is known when they run, and all are counted. */
    public static Set<String> atMost(CompiledModel model, Map<String, Long> lengths) {
        return model.compilation().plan().launches().stream()
                .filter(kernel -> BlockCount.of(kernel, lengths)
                        .filter(blocks -> !blocks.isKnown())
                        .isPresent())
                .map(TileKernel::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Both that is timed later, for both have to be warm: a whole run, then each kernel. */
    private static long[] round(CompiledModel model, Map<String, Tensor> inputs) {
        List<Long> nanos = new ArrayList<>();
        nanos.add(run(model, inputs));
        model.profile(inputs, k -> nanos.add(k.nanos()));
        return nanos.stream().mapToLong(Long::longValue).toArray();
    }

    private static long run(CompiledModel model, Map<String, Tensor> inputs) {
        long begin = System.nanoTime();
        model.run(inputs);
        return System.nanoTime() - begin;
    }

    private static KernelTiming median(List<KernelTiming> timings) {
        KernelTiming k = timings.getFirst();
        long nanos = median(timings.stream().mapToLong(KernelTiming::nanos).toArray());
        return new KernelTiming(k.name(), k.family(), k.start(), nanos, k.flops(), k.bytes());
    }

    private static long median(long[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    long flops() {
        return kernels.stream().mapToLong(KernelTiming::flops).sum();
    }

    long bytes() {
        return kernels.stream().mapToLong(KernelTiming::bytes).sum();
    }

    /** Floating-point operations a nanosecond, over the whole run. */
    double gigaflops() {
        return (double) flops() / nanos;
    }
}
