package heddle.compiler.schedule;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.tile.TileKernel;
import java.util.List;
import java.util.SequencedMap;

/**
 * The kernels that run, in order, for one model: the contract between the compiler and an executor. Lengths may still
 * be symbols. They are bound when the plan runs, and memory is assigned only then.
 *
 * @param name      the model's name
 * @param lengths   the symbols to bind, sorted
 * @param inputs    by the model's input name
 * @param weights   by the weight file's name
 * @param constants small tensors written in the model
 * @param outputs   by the model's output name; an output may be an input's or a weight's buffer
 * @param prepare   kernels that depend only on weights and constants; they run once, when weights are loaded
 * @param launches  kernels of every run, in order
 */
public record Plan(
        String name,
        List<String> lengths,
        SequencedMap<String, Buffer> inputs,
        SequencedMap<String, Buffer> weights,
        List<ConstantBuffer> constants,
        SequencedMap<String, Buffer> outputs,
        List<TileKernel> prepare,
        List<TileKernel> launches) {
    /** A tensor whose elements the model states, row-major; integers are exact up to 2^53. */
    public record ConstantBuffer(Buffer buffer, List<Double> values) {}
}
