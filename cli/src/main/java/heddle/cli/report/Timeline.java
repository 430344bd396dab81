package heddle.cli.report;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.compiler.backend.source.EqualKernels;
import heddle.runtime.KernelTiming;
import heddle.runtime.file.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The kernels of a run in the order in which they ran. */
public final class Timeline implements Consumer<KernelTiming> {
    private final List<KernelTiming> timings = new ArrayList<>();

    @Override
    public void accept(KernelTiming kernel) {
        timings.add(kernel);
    }

    public List<KernelTiming> timings() {
        return List.copyOf(timings);
    }

    /**
     * Writes the run, each kernel with the group of equal ones that it is in, in Chrome's trace format, for Perfetto or {@code chrome://tracing}.
     *
     * @see <a href="https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU">the format</a>
     */
    public void write(Path file, EqualKernels equal) {
        long origin = timings.isEmpty() ? 0 : timings.getFirst().start();
        List<Map<String, Object>> trace = new ArrayList<>();
        for (KernelTiming k : timings) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", k.name());
            fields.put("cat", k.family());
            fields.put("ph", "X");
            fields.put("ts", (k.start() - origin) / 1e3);
            fields.put("dur", k.nanos() / 1e3);
            fields.put("pid", 1);
            fields.put("tid", 1);
            Map<String, Object> arguments = new LinkedHashMap<>();
            arguments.put("group", equal.group(k.name()));
            arguments.put("flops", k.flops());
            arguments.put("bytes", k.bytes());
            fields.put("args", arguments);
            trace.add(fields);
        }
        try {
            AtomicFile.write(file, JSON.std.asString(Map.of("traceEvents", trace, "displayTimeUnit", "ms")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
