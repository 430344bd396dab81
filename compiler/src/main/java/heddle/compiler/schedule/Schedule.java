package heddle.compiler.schedule;

import heddle.compiler.tile.Buffer;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedSet;

/**
 * The kernels of a model and their buffers, before kernels are split into tiles.
 *
 * @param name      the model's name
 * @param lengths   the symbols to bind
 * @param inputs    by the model's input name
 * @param weights   by the weight file's name
 * @param constants small tensors written in the model
 * @param outputs   by the model's output name
 * @param tiling    the block sizes it is meant for
 * @param prepare   kernels that need weights, constants and known lengths alone
 * @param launches  kernels of every run
 */
public record Schedule(
        String name,
        SortedSet<String> lengths,
        SequencedMap<String, Buffer> inputs,
        SequencedMap<String, Buffer> weights,
        List<Plan.ConstantBuffer> constants,
        SequencedMap<String, Buffer> outputs,
        Tiling tiling,
        List<Launch> prepare,
        List<Launch> launches) {
    public Schedule {
        constants = List.copyOf(constants);
        prepare = List.copyOf(prepare);
        launches = List.copyOf(launches);
    }

    /** All kernels in the order they run. */
    public List<Launch> all() {
        List<Launch> all = new ArrayList<>(prepare);
        all.addAll(launches);
        return all;
    }

    /** What executes: every kernel as a tile program. */
    public Plan plan() {
        return new Plan(
                name, List.copyOf(lengths), inputs, weights, constants, outputs, programs(prepare), programs(launches));
    }

    private List<TileKernel> programs(List<Launch> launches) {
        return launches.stream().map(l -> l.program(tiling)).toList();
    }
}
