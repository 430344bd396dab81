package heddle.cli.page;

import heddle.compiler.backend.emit.EqualKernels;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import heddle.compiler.op.Weight;
import heddle.compiler.recompute.Recomputation;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Launch;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Stored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sections {@code plan} and {@code plan-unfused}: kernels with their costs, and buffers with their places and times. */
final class PlanSection {
    private PlanSection() {}

    /** @param profile times of the kernels, after a run */
    static Map<String, Object> of(Inspected in, Optional<Profile> profile) {
        Plan plan = in.compilation().plan();
        PlanBuffers buffers = new PlanBuffers(in, in.fused());
        Map<Buffer, Integer> filled = filled(in);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kernels", kernels(in, profile));
        fields.put("prepared", plan.prepare().size());
        fields.put("buffers", buffers.all(b -> filled.getOrDefault(b, -1)));
        fields.put("arrays", buffers.arrays());
        fields.put("outputs", buffers.outputs());
        in.compilation().recomputation().ifPresent(r -> recomputation(in, r, fields));
        return fields;
    }

    /** The plan with a kernel for each operation, as much as the page draws of it. */
    static Map<String, Object> unfused(Inspected in) {
        PlanBuffers buffers = new PlanBuffers(in, in.unfused());
        List<Object> kernels = new ArrayList<>();
        List<TileKernel> launches = in.unfused().plan().launches();
        for (int n = 0; n < launches.size(); n++) {
            kernels.add(costs(in, launches.get(n), in.unfused().launches().get(n)));
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kernels", kernels);
        fields.put("buffers", buffers.added());
        fields.put("arrays", buffers.arrays());
        fields.put("outputs", buffers.outputs());
        return fields;
    }

    private static List<Object> kernels(Inspected in, Optional<Profile> profile) {
        EqualKernels equal = EqualKernels.of(in.compilation().plan());
        List<TileKernel> kernels = in.kernels();
        int prepared = in.fused().prepare().size();
        List<Object> all = new ArrayList<>();
        for (int n = 0; n < kernels.size(); n++) {
            TileKernel kernel = kernels.get(n);
            Map<String, Object> fields = costs(
                    in,
                    kernel,
                    n < prepared
                            ? in.fused().prepare().get(n)
                            : in.fused().launches().get(n - prepared));
            fields.put("group", equal.group(kernel.name()));
            fields.put("once", n < prepared);
            if (n >= prepared) {
                profile.map(p -> p.nanos().get(kernel.name())).ifPresent(time -> fields.put("time", time));
            }
            all.add(fields);
        }
        return all;
    }

    private static Map<String, Object> costs(Inspected in, TileKernel kernel, KernelCost cost) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", kernel.name());
        fields.put("family", kernel.family());
        fields.put("flops", in.amount(cost.flops()));
        fields.put("bytes", in.amount(cost.bytes()));
        return fields;
    }

    /** The number of the node that fills each buffer: the one it is named after, else the last that its kernel computes. */
    private static Map<Buffer, Integer> filled(Inspected in) {
        Map<Buffer, Integer> filled = new HashMap<>();
        for (Launch launch : in.compilation().schedule().all()) {
            List<Node> nodes = launch.computes().nodes();
            for (Buffer buffer : launch.outputs()) {
                nodes.stream()
                        .filter(n -> n.path().replaceAll("[^A-Za-z0-9]+", "_").equals(buffer.name()))
                        .findFirst()
                        .or(() -> nodes.isEmpty() ? Optional.empty() : Optional.of(nodes.getLast()))
                        .ifPresent(n -> filled.put(buffer, in.number(n)));
            }
        }
        for (Node node : in.compilation().graph().nodes()) {
            named(in, node).ifPresent(buffer -> filled.put(buffer, in.number(node)));
        }
        return filled;
    }

    /** The buffer of an input or a weight. */
    private static Optional<Buffer> named(Inspected in, Node node) {
        Plan plan = in.compilation().plan();
        return switch (node.op()) {
            case Input input -> Optional.ofNullable(plan.inputs().get(input.key()));
            case Weight weight -> Optional.ofNullable(plan.weights().get(weight.key()));
            default -> Optional.empty();
        };
    }

    /** What a budget of memory made of the values of the forward pass. */
    private static void recomputation(Inspected in, Recomputation r, Map<String, Object> fields) {
        fields.put("kept", r.kept().stream().map(v -> in.number(v.node())).toList());
        fields.put("keptBytes", r.kept().stream().map(PlanSection::bytes).toList());
        fields.put("recomputed", r.recomputed().stream().map(n -> in.number(n)).toList());
        fields.put(
                "recomputedBytes",
                r.recomputed().stream().map(n -> bytes(n.value())).toList());
        fields.put("budgetPeak", r.peak());
        fields.put("wholePeak", r.whole());
        fields.put("extra", r.extra());
        fields.put(
                "curve",
                r.curve().stream().map(p -> List.of(p.peak(), p.extra())).toList());
    }

    private static long bytes(Value value) {
        return Stored.of(value.type().dtype()).bytes(value.type().shape().size().value());
    }
}
