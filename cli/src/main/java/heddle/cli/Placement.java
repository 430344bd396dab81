package heddle.cli;

import heddle.cli.report.Sizes;
import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.host.DeviceMemory;
import heddle.compiler.report.FusionReport;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.PlacedTarget;
import heddle.runtime.jvm.JvmProgram;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Prints the last line of a run: what ran where, and how much memory it took. */
final class Placement {
    private Placement() {}

    static String line(CompiledModel model, Fusion fusion, Map<String, Long> lengths) {
        Compilation compilation = model.compilation();
        String weights = weights(model.target(), compilation.plan());
        String memory = memory(model.target(), compilation.plan(), lengths);
        if (fusion == Fusion.UNFUSED) {
            return "unfused, " + model.target() + ", peak " + memory + weights;
        }
        String unfused = memory(model.target(), compilation.unfused(), lengths);
        String fused = compilation.report().isEmpty()
                ? leftOut(model.model())
                        .map(at -> "attention left out at " + at)
                        .orElse("no attention")
                : compilation.report().summary();
        return fused + ", " + model.target() + ", peak " + memory + " (unfused " + unfused + ")" + weights;
    }

    /** The lengths of zero or one that leave nothing of an attention; empty where the model has none at other lengths either. */
    private static Optional<String> leftOut(HeddleModel model) {
        Map<String, Long> lengths = model.fixedLengths();
        long least = lengths.values().stream().min(Comparator.naturalOrder()).orElse(Long.MAX_VALUE);
        if (least > 1) {
            return Optional.empty();
        }
        String few = lengths.entrySet().stream()
                .filter(length -> length.getValue() == least)
                .map(length -> length.getKey() + "=" + length.getValue())
                .collect(Collectors.joining(", "));
        try {
            FusionReport open = Heddle.model(model.source(), Map.of()).explain().report();
            return open.isEmpty() ? Optional.empty() : Optional.of(few);
        } catch (DiagnosticException e) {
            // It is a model for some lengths alone.
            return Optional.empty();
        }
    }

    /** What weights take in this JVM, as kernels read them. */
    private static String weights(PlacedTarget target, Plan plan) {
        long bytes = target.device().isPresent() || plan.weights().isEmpty() ? 0 : JvmProgram.weightBytes(plan);
        return bytes == 0 ? "" : ", weights " + Sizes.text(bytes);
    }

    /** On a device, all the memory of the model, with weights and inputs. In this JVM, the memory that a run adds. */
    private static String memory(PlacedTarget target, Plan plan, Map<String, Long> lengths) {
        return target.device().isPresent()
                ? Sizes.text(DeviceMemory.of(plan, lengths).total()) + " of device memory"
                : Sizes.text(MemoryPlan.of(plan, lengths).peakBytes());
    }
}
