package heddle.cli.report;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.compiler.backend.emit.EqualKernels;
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
    /** The number of their track. */
    private static final int KERNELS = 1;

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
     * Kernels are one track; the scopes that they stand in are tracks below, one for each depth.
     *
     * @see <a href="https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU">the format</a>
     */
    public void write(Path file, EqualKernels equal) {
        long origin = timings.isEmpty() ? 0 : timings.getFirst().start();
        List<Map<String, Object>> trace = new ArrayList<>();
        trace.add(named("process_name", 0, "heddle"));
        trace.add(named("thread_name", KERNELS, "kernels"));
        for (KernelTiming k : timings) {
            Map<String, Object> arguments = new LinkedHashMap<>();
            arguments.put("group", equal.group(k.name()));
            arguments.put("flops", k.flops());
            arguments.put("bytes", k.bytes());
            Map<String, Object> event = event(k.name(), k.family(), KERNELS, k.start() - origin, k.nanos());
            event.put("args", arguments);
            trace.add(event);
        }
        List<List<String>> scopes = timings.stream().map(k -> scopes(k.name())).toList();
        int depths = scopes.stream().mapToInt(List::size).max().orElse(0);
        for (int depth = 0; depth < depths; depth++) {
            trace.add(named("thread_name", KERNELS + 1 + depth, "scopes, depth " + (depth + 1)));
            spans(scopes, depth, origin, trace);
        }
        try {
            AtomicFile.write(file, JSON.std.asString(Map.of("traceEvents", trace, "displayTimeUnit", "ms")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An event for each scope of some depth, as long as kernels in it follow each other. */
    private void spans(List<List<String>> scopes, int depth, long origin, List<Map<String, Object>> trace) {
        for (int from = 0; from < scopes.size(); ) {
            List<String> scope = upTo(scopes.get(from), depth);
            int to = from + 1;
            while (to < scopes.size() && upTo(scopes.get(to), depth).equals(scope)) {
                to++;
            }
            if (!scope.isEmpty()) {
                KernelTiming last = timings.get(to - 1);
                long start = timings.get(from).start();
                trace.add(event(
                        String.join("/", scope),
                        "scope",
                        KERNELS + 1 + depth,
                        start - origin,
                        last.start() + last.nanos() - start));
            }
            from = to;
        }
    }

    /** The scopes around a kernel, outermost first, from its path: {@code [layer.0, norm]} of {@code layer.0/norm:add#1}. */
    private static List<String> scopes(String path) {
        int colon = path.lastIndexOf(':');
        return colon < 0 ? List.of() : List.of(path.substring(0, colon).split("/"));
    }

    /** The scope at some depth with those around it; empty when there is none so deep. */
    private static List<String> upTo(List<String> scopes, int depth) {
        return depth < scopes.size() ? scopes.subList(0, depth + 1) : List.of();
    }

    private static Map<String, Object> event(String name, String category, int track, long start, long nanos) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("cat", category);
        fields.put("ph", "X");
        fields.put("ts", start / 1e3);
        fields.put("dur", nanos / 1e3);
        fields.put("pid", 1);
        fields.put("tid", track);
        return fields;
    }

    private static Map<String, Object> named(String what, int track, String name) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", what);
        fields.put("ph", "M");
        fields.put("pid", 1);
        fields.put("tid", track);
        fields.put("args", Map.of("name", name));
        return fields;
    }
}
