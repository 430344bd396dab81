package heddle.compiler.schedule;

import heddle.compiler.index.BlockTable;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Tabulation;
import heddle.compiler.tile.proof.AddressProof;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/**
 * Gives an attention whose mask reads data the tables that decide which blocks to skip. Attentions with the same mask
 * and block sizes share a table, as the layers of a model do. Where blocks of keys are narrowed, a second table has an entry for each part
 * that may be left out: of documents that lie end to end, many are shorter than a block.
 */
final class TabulateMasks {
    /** The key of a table: equal keys mean equal tables. */
    private record Key(ScalarExpr part, List<Axis> axes, List<Integer> blocks) {}

    private final UnaryOperator<String> unique;
    private final AddressProof addresses;
    private final Map<Key, BlockTable> known = new HashMap<>();

    /** @param unique makes names of buffers unique */
    TabulateMasks(UnaryOperator<String> unique, AddressProof addresses) {
        this.unique = unique;
        this.addresses = addresses;
    }

    /**
     * The tables of an attention's mask.
     *
     * @param schedule how the attention is cut up; asked for when its mask reads data
     * @param name  of the attention's kernel
     * @param first gets the kernels that fill tables which were not there yet
     */
    List<BlockTable> of(Attention attention, Supplier<KernelSchedule> schedule, String name, Consumer<Launch> first) {
        List<BlockTable> tables = new ArrayList<>();
        Map<Axis, Integer> blocks = new HashMap<>();
        OptionalInt step = OptionalInt.empty();
        for (ScalarExpr part : MaskParts.of(attention, addresses)) {
            List<Axis> axes = MaskParts.axes(attention.definition(), part);
            if (blocks.isEmpty()) {
                KernelSchedule cuts = schedule.get();
                List.of(attention.i(), attention.j()).forEach(a -> blocks.put(a, cuts.block(LoopId.of(a))));
                step = step(cuts, attention.j());
            }
            tables.add(table(part, axes, a -> blocks.getOrDefault(a, 1), name, tables.size(), first));
            // A table of pairs takes as long to fill as it has pairs, however many entries it has: one is enough.
            if (axes.contains(attention.j()) && !axes.contains(attention.i()) && step.isPresent()) {
                int keys = step.getAsInt();
                tables.add(table(part, axes, a -> a.equals(attention.j()) ? keys : 1, name, tables.size(), first));
            }
        }
        return tables;
    }

    private BlockTable table(
            ScalarExpr part,
            List<Axis> axes,
            ToIntFunction<Axis> block,
            String name,
            int number,
            Consumer<Launch> first) {
        Key key = new Key(part, axes, axes.stream().map(block::applyAsInt).toList());
        return known.computeIfAbsent(key, unknown -> {
            String read = new FamilyContents(axes, List.of(part), List.of())
                    .reads()
                    .getFirst()
                    .name();
            BlockTable table = BlockTable.of(part, axes, block, unique.apply(read + "_blocks"));
            String filler = name + ".blocks" + (number == 0 ? "" : number + 1);
            first.accept(new Launch(filler, Tabulation.fill(table), Launch.Computed.NOTHING));
            return table;
        });
    }

    /** By how many keys a block is narrowed, where tables can have an entry for each such part of it. */
    private static OptionalInt step(KernelSchedule cuts, Axis keys) {
        LoopId loop = LoopId.of(keys);
        OptionalInt step = cuts.trim(loop);
        boolean divides =
                step.isPresent() && cuts.block(loop) > step.getAsInt() && cuts.block(loop) % step.getAsInt() == 0;
        return divides ? step : OptionalInt.empty();
    }
}
