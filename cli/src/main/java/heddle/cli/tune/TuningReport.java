package heddle.cli.tune;

import heddle.cli.report.Sizes;
import heddle.compiler.tile.ScheduleListing;
import heddle.compiler.tile.TileKernel;
import heddle.runtime.machine.ProcessorName;
import heddle.runtime.tensor.Tensor;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Says what tuning found, to people and at the top of the file that it writes. */
final class TuningReport {
    private final ModelTrial trial;
    private final PrintWriter out;
    private final String where;
    private String whole = "";

    public TuningReport(ModelTrial trial, Map<String, Tensor> inputs, PrintWriter out) {
        this.trial = trial;
        this.out = out;
        Map<String, Long> lengths = trial.usual().lengths(inputs);
        String machine = trial.usual()
                .target()
                .device()
                .map(Object::toString)
                .orElseGet(() -> ProcessorName.find().orElse("this machine"));
        this.where = machine
                + (lengths.isEmpty()
                        ? ""
                        : lengths.entrySet().stream()
                                .map(e -> e.getKey() + "=" + e.getValue())
                                .collect(Collectors.joining(", ", ", with ", "")));
    }

    /** @param tuned kernels whose schedules are looked for, of {@code all} that differ */
    public void begin(int tuned, int all) {
        out.println("tuning " + tuned + " of " + Sizes.counted(all, "kernel") + " on " + where);
        out.flush();
    }

    /** What was found for each kernel, those first that take most of the time. */
    public void kernels(Map<String, ScheduleSearch.Found> found, Map<String, Double> shares) {
        List<Map.Entry<String, ScheduleSearch.Found>> sorted = found.entrySet().stream()
                .sorted((a, b) -> Double.compare(shares.get(b.getKey()), shares.get(a.getKey())))
                .toList();
        int width = found.keySet().stream().mapToInt(String::length).max().orElse(0);
        for (Map.Entry<String, ScheduleSearch.Found> e : sorted) {
            ScheduleSearch.Found f = e.getValue();
            out.printf(
                    Locale.ROOT,
                    "%-" + Math.max(1, width) + "s  %5.1f %% of the time, %s tried%s: %s%n",
                    e.getKey(),
                    100 * shares.get(e.getKey()),
                    Sizes.counted(f.tried(), "schedule"),
                    f.isDone() ? "" : ", more are left",
                    f.isFaster()
                            ? String.format(Locale.ROOT, "%.2f times as fast, %s", 1 / f.time(), changes(e.getKey(), f))
                            : "none is faster");
        }
    }

    /** What a schedule decides otherwise than the policy's. */
    private String changes(String kernel, ScheduleSearch.Found found) {
        TileKernel usual = trial.kernels().get(kernel).getFirst();
        return String.join("; ", ScheduleListing.changes(usual, new TileKernel(usual.program(), found.schedule())));
    }

    /** Whether whole runs are faster. @param milliseconds without and with what was found */
    public boolean wholeRuns(double[] milliseconds) {
        whole = String.format(
                Locale.ROOT,
                "a run takes %.3f ms in place of %.3f ms: %.2f times as fast",
                milliseconds[1],
                milliseconds[0],
                milliseconds[0] / milliseconds[1]);
        out.println(whole);
        return milliseconds[1] < milliseconds[0];
    }

    /** Where and with what the schedules were measured, as comments of a schedule file. */
    public String comment() {
        return "// Tuned on " + where + "; " + whole + ".\n";
    }
}
