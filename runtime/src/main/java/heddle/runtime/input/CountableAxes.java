package heddle.runtime.input;

import heddle.compiler.scalar.Axis;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.KernelAxes;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Kernels count along an axis in 32 bits. An axis may be longer, when it is summed over and not stored. */
public final class CountableAxes {
    /** The length of an axis, and the first kernel that goes over one of that length. */
    private record Extent(Dim length, Set<String> symbols, TileKernel kernel) {}

    private final List<Extent> extents = new ArrayList<>();

    /** The axes of all kernels of a plan. */
    public CountableAxes(Plan plan) {
        Set<Dim> known = new HashSet<>();
        Stream.concat(plan.prepare().stream(), plan.launches().stream()).forEach(kernel -> {
            for (Axis axis : KernelAxes.of(kernel)) {
                if (known.add(axis.extent())) {
                    extents.add(new Extent(axis.extent(), axis.extent().symbols(), kernel));
                }
            }
        });
    }

    /**
     * Checks the axes whose lengths are known.
     *
     * @param lengths the bound symbols, perhaps not all of them
     * @throws DiagnosticException when one is too long
     */
    public void check(Map<String, Long> lengths) {
        for (Extent e : extents) {
            if (lengths.keySet().containsAll(e.symbols) && e.length.evaluate(lengths) > Integer.MAX_VALUE) {
                Diagnostic d = Diagnostic.of(
                        RuntimeCode.LENGTHS,
                        "the kernel " + e.kernel.name() + " goes over " + e.length.evaluate(lengths)
                                + " elements, and a kernel counts to 2^31 - 1");
                for (String comment : e.kernel.comments()) {
                    d = d.note(comment);
                }
                throw new DiagnosticException(d.hint("use shorter lengths, or work on parts of the tensor"));
            }
        }
    }
}
