package heddle.cli.report;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.compiler.backend.emit.EqualKernels;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Dim;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes a plan for a device as JSON: tasks with their grids, and arrays with the values in them. Sizes are numbers, or
 * formulas where lengths are not known.
 */
public final class DevicePlanJson {
    private final Plan plan;
    private final TornadoSource source;
    private final EqualKernels equal;
    private final Map<Buffer, String> arrays;

    private DevicePlanJson(Plan plan, TornadoSource source) {
        this.plan = plan;
        this.source = source;
        this.equal = EqualKernels.of(plan);
        this.arrays = source.arrays().stream()
                .flatMap(a -> a.holds().stream().map(b -> Map.entry(b, a.name())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a));
    }

    public static String of(Plan plan, TornadoSource source) throws IOException {
        return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(new DevicePlanJson(plan, source).fields());
    }

    private Map<String, Object> fields() {
        int once = plan.prepare().size();
        List<Map<String, Object>> tasks =
                source.tasks().stream().map(this::task).toList();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", plan.name());
        fields.put("class", source.className());
        fields.put("lengths", plan.lengths());
        fields.put("inputs", named(plan.inputs()));
        fields.put("weights", named(plan.weights()));
        fields.put("outputs", named(plan.outputs()));
        fields.put("buffers", source.arrays().stream().map(this::array).toList());
        fields.put("prepare", tasks.subList(0, once));
        fields.put("tasks", tasks.subList(once, tasks.size()));
        if (plan.lengths().isEmpty()) {
            fields.put("deviceBytes", source.deviceBytes(Map.of()));
        }
        return fields;
    }

    private Map<String, Object> named(Map<String, Buffer> tensors) {
        Map<String, Object> fields = new LinkedHashMap<>();
        tensors.forEach((name, b) -> fields.put(name, placed(b)));
        return fields;
    }

    /** The place of a buffer, and its kind. */
    private String placed(Buffer b) {
        return arrays.getOrDefault(b, b.toString()) + ": " + b.type();
    }

    private Map<String, Object> array(TornadoSource.Array array) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", array.name());
        fields.put("type", array.type());
        fields.put("holds", array.holds().stream().map(b -> b + ": " + b.type()).toList());
        fields.put("bytes", bytes(array));
        return fields;
    }

    private static Object bytes(TornadoSource.Array array) {
        List<Dim> sizes = array.holds().stream()
                .map(b -> b.stored().bytes(b.type().shape().size()))
                .distinct()
                .toList();
        if (sizes.stream().allMatch(Dim::isKnown)) {
            return array.bytes(Map.of());
        }
        String formulas = sizes.stream().map(Dim::toString).collect(Collectors.joining(", "));
        return sizes.size() == 1 ? formulas : "max(" + formulas + ")";
    }

    private Map<String, Object> task(TornadoSource.Task task) {
        TileKernel kernel = task.kernel();
        KernelCost cost = KernelCost.of(kernel);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", task.name());
        fields.put("graph", task.graph());
        fields.put("path", kernel.name());
        fields.put("group", equal.group(kernel.name()));
        switch (task.work()) {
            case TornadoSource.KernelLaunch launch -> {
                fields.put("kind", "kernel");
                fields.put("kernel", launch.method());
                fields.put("family", kernel.family());
                fields.put("nodes", kernel.comments());
                fields.put("groups", PlanJson.size(launch.grid().groups()));
                fields.put("threads", launch.grid().threads());
                fields.put("localBytes", launch.localBytes());
                fields.put("blocks", new TreeMap<>(kernel.schedule().blocks()));
                launch.notLibrary().ifPresent(reason -> fields.put("notLibrary", reason));
            }
            case TornadoSource.LibraryCall call -> {
                fields.put("kind", "library");
                fields.put("library", call.library());
                fields.put("function", call.function());
                fields.put("nodes", kernel.comments());
            }
        }
        fields.put("reads", kernel.reads().stream().map(this::placed).toList());
        fields.put("writes", kernel.writes().stream().map(this::placed).toList());
        fields.put("flops", PlanJson.size(cost.flops()));
        fields.put("bytes", PlanJson.size(cost.bytes()));
        return fields;
    }
}
