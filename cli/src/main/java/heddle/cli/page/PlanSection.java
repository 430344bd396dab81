package heddle.cli.page;

import heddle.compiler.backend.source.EqualKernels;
import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The section {@code plan}: the kernels, with their costs. */
final class PlanSection {
    private PlanSection() {}

    static Map<String, Object> of(Inspected in) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kernels", kernels(in));
        return fields;
    }

    private static List<Object> kernels(Inspected in) {
        EqualKernels equal = EqualKernels.of(in.compilation().plan());
        List<TileKernel> kernels = in.kernels();
        int prepared = in.compilation().plan().prepare().size();
        List<Object> all = new ArrayList<>();
        for (int n = 0; n < kernels.size(); n++) {
            TileKernel kernel = kernels.get(n);
            KernelCost cost = HeadSection.cost(in, kernel);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", kernel.name());
            fields.put("family", kernel.family());
            fields.put("group", equal.group(kernel.name()));
            fields.put("once", n < prepared);
            fields.put("flops", in.amount(cost.flops()));
            fields.put("bytes", in.amount(cost.bytes()));
            all.add(fields);
        }
        return all;
    }
}
