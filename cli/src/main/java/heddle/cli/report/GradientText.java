package heddle.cli.report;

import heddle.compiler.explain.GradientExplanation;
import heddle.compiler.explain.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Says what gradients add to a run. Attentions whose gradients cost the same are printed once. */
public final class GradientText {
    private GradientText() {}

    /** The text, which ends in a line break. */
    public static String of(GradientExplanation gradients) {
        StringBuilder text = new StringBuilder("\n");
        SequencedMap<Work, List<String>> alike = new LinkedHashMap<>();
        gradients
                .attention()
                .forEach((path, work) ->
                        alike.computeIfAbsent(work, w -> new ArrayList<>()).add(path));
        alike.forEach((work, paths) -> {
            String others = paths.size() == 1
                    ? ""
                    : ", and " + (paths.size() - 1) + " alike: " + String.join(", ", paths.subList(1, paths.size()));
            text.append(HeadedLines.wrapped("fused gradient of " + paths.getFirst() + others, "  "));
            HeadedLines lines = new HeadedLines();
            lines.section("cost");
            add(lines, work);
            text.append(lines).append('\n');
        });
        text.append("the whole model with its gradients\n");
        HeadedLines lines = new HeadedLines();
        for (Map.Entry<String, Work> part : parts(gradients).entrySet()) {
            lines.section(part.getKey());
            add(lines, part.getValue());
        }
        gradients.memory().ifPresent(bytes -> {
            lines.section("intermediate results and outputs");
            lines.add(
                    "memory",
                    Sizes.text(bytes)
                            + gradients
                                    .unfusedMemory()
                                    .map(all -> ", unfused " + Sizes.text(all))
                                    .orElse(""));
        });
        return text.append(lines).toString();
    }

    private static SequencedMap<String, Work> parts(GradientExplanation gradients) {
        SequencedMap<String, Work> parts = new LinkedHashMap<>();
        parts.put("forward pass", gradients.forward());
        parts.put("backward pass", gradients.backward());
        parts.put("both unfused", gradients.unfused());
        return parts;
    }

    private static void add(HeadedLines lines, Work work) {
        lines.add("kernels", "" + work.kernels());
        lines.add("bytes", Sizes.text(work.bytes()));
        lines.add("flops", Sizes.count(work.flops()));
    }
}
