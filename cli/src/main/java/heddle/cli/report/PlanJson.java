package heddle.cli.report;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.compiler.backend.emit.EqualKernels;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Amount;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Stored;
import heddle.runtime.jvm.JvmProgram;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes a plan as JSON. Costs are numbers, or formulas where lengths are not known. */
public final class PlanJson {
    private final EqualKernels equal;

    private PlanJson(EqualKernels equal) {
        this.equal = equal;
    }

    public static String of(Plan plan) throws IOException {
        PlanJson json = new PlanJson(EqualKernels.of(plan));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", plan.name());
        fields.put("lengths", plan.lengths());
        fields.put("inputs", types(plan.inputs()));
        fields.put("weights", types(plan.weights()));
        fields.put("weightBytes", JvmProgram.weightBytes(plan));
        fields.put("outputs", types(plan.outputs()));
        fields.put("prepare", plan.prepare().stream().map(json::kernel).toList());
        fields.put("launches", plan.launches().stream().map(json::kernel).toList());
        return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(fields);
    }

    private static Map<String, Object> types(Map<String, Buffer> buffers) {
        Map<String, Object> types = new LinkedHashMap<>();
        buffers.forEach((name, b) -> types.put(name, type(b)));
        return types;
    }

    private Map<String, Object> kernel(TileKernel kernel) {
        KernelCost cost = KernelCost.of(kernel);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", kernel.name());
        fields.put("group", equal.group(kernel.name()));
        fields.put("family", kernel.family());
        fields.put("reads", buffers(kernel.reads()));
        fields.put("writes", buffers(kernel.writes()));
        fields.put("blocks", new TreeMap<>(kernel.schedule().blocks()));
        fields.put("flops", size(cost.flops()));
        fields.put("bytes", size(cost.bytes()));
        return fields;
    }

    /** A number where it is known, else a formula of the lengths. */
    static Object size(Dim size) {
        return size.isKnown() ? (Object) size.value() : size.toString();
    }

    /** The same of an amount, whose number may be of any size. */
    public static Object size(Amount amount) {
        return amount.isKnown() ? (Object) amount.value() : amount.toString();
    }

    /** The type of the values, and what they are held as where they are packed. */
    private static String type(Buffer buffer) {
        Stored stored = buffer.stored();
        return buffer.type()
                + (stored.isPacked() ? " stored as " + stored.name().toLowerCase(Locale.ROOT) : "");
    }

    private static List<String> buffers(List<Buffer> buffers) {
        return buffers.stream().map(b -> b + ": " + type(b)).toList();
    }
}
