package heddle.cli;

import heddle.cli.page.Inspected;
import heddle.cli.page.Profile;
import heddle.cli.page.Report;
import heddle.cli.page.ReportPage;
import heddle.cli.report.Measurement;
import heddle.cli.report.Sizes;
import heddle.cli.report.WarmUp;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.jvm.MeasuredLimits;
import heddle.runtime.machine.ProcessorName;
import heddle.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Times a model after a run, and writes the report with what was found. */
final class RunReport {
    /** A few runs, since the user waits: {@code heddle bench} does more. */
    private static final int MOST_RUNS = 10;

    private static final double RUNS_NANOS = 5e9;
    private static final WarmUp WARM_UP = new WarmUp(1, 10);
    private static final WarmUp WARM = new WarmUp(0, 0);

    private RunReport() {}

    /**
     * Writes a page, or the data alone to a {@code .json} file.
     *
     * @return a line that says what was timed
     */
    static String write(CompiledModel model, CompileOptions options, Map<String, Tensor> given, Path file) {
        Measurement first = Measurement.of(model, given, WARM_UP, 1);
        int runs = (int) Math.clamp(RUNS_NANOS / Math.max(1, first.nanos()), 1, MOST_RUNS);
        Measurement measured = Measurement.of(model, given, WARM, runs);
        boolean isHere = model.target().device().isEmpty();
        Optional<String> machine =
                isHere ? ProcessorName.find() : model.target().device().map(Object::toString);
        // What this machine's processors reach says nothing of a device.
        Optional<MeasuredLimits> limits = isHere ? MeasuredLimits.of(options.threads()) : Optional.empty();
        Inspected seen =
                Inspected.of(model.model(), model.compilation(), isHere ? "jvm" : "tornado", model.lengths(given));
        Inspected inspected = isHere ? seen.with(options.jvm().target()) : seen;
        Profile profile = new Profile(measured, first.warmUp(), runs, options.threads(), machine, limits);
        Report report = Report.of(inspected, Heddle.version(), Optional.of(profile));
        boolean isData = file.toString().toLowerCase(Locale.ROOT).endsWith(".json");
        AtomicFile.write(file, isData ? report.json() : ReportPage.html(report));
        return Sizes.counted(runs, "timed run") + ": " + file;
    }
}
