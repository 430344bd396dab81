package heddle.compiler.schedule;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.proof.AddressCounts;
import heddle.compiler.tile.proof.AddressProof;
import heddle.compiler.type.LengthFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * The kernels of a model and their buffers, before kernels are tile programs with schedules.
 *
 * @param name      the model's name
 * @param lengths   the symbols to bind
 * @param inputs    by the model's input name
 * @param weights   by the weight file's name
 * @param constants small tensors written in the model
 * @param outputs   by the model's output name
 * @param policy    makes the schedules of its kernels
 * @param facts     what holds of lengths whenever the model runs
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
        SchedulePolicy policy,
        LengthFacts facts,
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

    /**
     * What executes: every kernel as a tile program that reads and writes nothing outside its buffers.
     *
     * @throws heddle.compiler.tile.proof.AddressOutside when that is not seen of a kernel, which is a bug
     */
    public Plan plan() {
        return proved().plan();
    }

    /**
     * What executes.
     *
     * @param addresses of how many addresses of its kernels it was shown that they lie in their buffers, and by what
     */
    public record Proved(Plan plan, AddressCounts addresses) {}

    /** The same with what was shown of its addresses. @throws heddle.compiler.tile.proof.AddressOutside as {@link #plan} does */
    public Proved proved() {
        AddressProof proof = new AddressProof(facts);
        List<TileKernel> prepared = programs(prepare);
        List<TileKernel> launched = programs(launches);
        AddressCounts addresses = Stream.concat(prepared.stream(), launched.stream())
                .map(proof::of)
                .reduce(AddressCounts.NONE, AddressCounts::plus);
        Plan plan = new Plan(name, List.copyOf(lengths), inputs, weights, constants, outputs, prepared, launched);
        return new Proved(plan, addresses);
    }

    private List<TileKernel> programs(List<Launch> kernels) {
        return kernels.stream().map(l -> l.kernel(policy)).toList();
    }
}
