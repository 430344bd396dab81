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
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/**
 * Gives an attention whose mask reads data the tables that decide which blocks to skip. Attentions with the same mask
 * and block sizes share a table, as the layers of a model do.
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
        for (ScalarExpr part : MaskParts.of(attention.definition(), addresses)) {
            List<Axis> axes = MaskParts.axes(attention.definition(), part);
            if (blocks.isEmpty()) {
                KernelSchedule cuts = schedule.get();
                List.of(attention.i(), attention.j()).forEach(a -> blocks.put(a, cuts.block(LoopId.of(a))));
            }
            ToIntFunction<Axis> block = axis -> blocks.getOrDefault(axis, 1);
            Key key = new Key(part, axes, axes.stream().map(block::applyAsInt).toList());
            String filler = name + ".blocks" + (tables.isEmpty() ? "" : tables.size() + 1);
            tables.add(known.computeIfAbsent(key, unknown -> {
                String read = new FamilyContents(axes, List.of(part), List.of())
                        .reads()
                        .getFirst()
                        .name();
                BlockTable table = BlockTable.of(part, axes, block, unique.apply(read + "_blocks"));
                first.accept(new Launch(filler, Tabulation.fill(table), Launch.Computed.NOTHING));
                return table;
            }));
        }
        return tables;
    }
}
