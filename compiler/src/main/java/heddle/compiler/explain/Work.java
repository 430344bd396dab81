package heddle.compiler.explain;

import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.Amount;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cost of some kernels in one run, as {@link KernelCost} counts it.
 *
 * @param kernels the number of kernels
 * @param flops   floating-point operations
 * @param bytes   bytes read from and written to buffers
 */
public record Work(int kernels, Amount flops, Amount bytes) {
    /** @param lengths of all symbols; empty when the cost is to be a formula, nothing skipped by masks */
    static Work of(List<TileKernel> kernels, Optional<Map<String, Long>> lengths) {
        Amount flops = Amount.ZERO;
        Amount bytes = Amount.ZERO;
        for (TileKernel kernel : kernels) {
            KernelCost cost = lengths.map(l -> KernelCost.of(kernel, l)).orElseGet(() -> KernelCost.of(kernel));
            flops = flops.plus(cost.flops());
            bytes = bytes.plus(cost.bytes());
        }
        return new Work(kernels.size(), flops, bytes);
    }
}
