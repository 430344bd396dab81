package heddle.cli.page;

import heddle.cli.report.Measurement;
import heddle.cli.report.WarmUp;
import heddle.runtime.KernelTiming;
import heddle.runtime.jvm.MeasuredLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The times of a model, and what the machine could do.
 *
 * @param measured  medians of runs
 * @param warmUp    before them
 * @param runs      how many
 * @param threads   that computed
 * @param machine   what computed, as far as it has a name
 * @param limits    what the machine reaches at the most; empty when that was not measured
 */
public record Profile(
        Measurement measured,
        WarmUp.Ended warmUp,
        int runs,
        int threads,
        Optional<String> machine,
        Optional<MeasuredLimits> limits) {
    /** The time of each kernel of a run, in nanoseconds. */
    Map<String, Long> nanos() {
        return measured.kernels().stream().collect(Collectors.toMap(KernelTiming::name, KernelTiming::nanos));
    }

    /** The section {@code profile}. */
    Map<String, Object> section() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("nanos", measured.nanos());
        fields.put("runs", runs);
        fields.put("warmUpSeconds", warmUp.seconds());
        fields.put("settled", warmUp.settled());
        fields.put("threads", threads);
        fields.put("processors", Runtime.getRuntime().availableProcessors());
        fields.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        machine.ifPresent(name -> fields.put("machine", name));
        limits.ifPresent(l -> {
            Map<String, Object> of = new LinkedHashMap<>();
            of.put("gigaflops", l.gigaflops());
            of.put("gigabytes", l.gigabytes());
            of.put("how", "measured");
            of.put("peak", MeasuredLimits.HOW_PEAK);
            of.put("bandwidth", MeasuredLimits.HOW_BANDWIDTH);
            fields.put("limits", of);
        });
        return fields;
    }
}
