package heddle.runtime.input;

import heddle.compiler.scalar.Axis;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.KernelAxes;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Kernels count along an axis in 32 bits. An axis may be longer, when it is summed over and not stored. */
public final class CountableAxes {
    private CountableAxes() {}

    /**
     * Checks the axes of all kernels whose lengths are known.
     *
     * @param lengths the bound symbols, perhaps not all of them
     * @throws DiagnosticException when one is too long
     */
    public static void check(Plan plan, Map<String, Long> lengths) {
        Map<String, Dim> bindings = new HashMap<>();
        lengths.forEach((name, length) -> bindings.put(name, Dim.of(length)));
        Stream.concat(plan.prepare().stream(), plan.launches().stream()).forEach(k -> check(k, bindings));
    }

    private static void check(TileKernel kernel, Map<String, Dim> bindings) {
        for (Axis axis : KernelAxes.of(kernel)) {
            Dim extent = axis.extent().bind(bindings);
            if (extent.isKnown() && extent.value() > Integer.MAX_VALUE) {
                Diagnostic d = Diagnostic.of(
                        RuntimeCode.LENGTHS,
                        "the kernel " + kernel.name() + " goes over " + extent.value()
                                + " elements, and a kernel counts to 2^31 - 1");
                for (String comment : kernel.comments()) {
                    d = d.note(comment);
                }
                throw new DiagnosticException(d.hint("use shorter lengths, or work on parts of the tensor"));
            }
        }
    }
}
