package heddle.compiler.tile.family;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.Split;
import heddle.compiler.tile.TileProgram;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One of the two kernels of an attention whose keys are split into parts (Dao et al. 2023, Flash-Decoding): the one that computes
 * the parts, or the one that merges them.
 *
 * @param whole     the attention
 * @param keys      keys in a part; the last may have fewer
 * @param workspace the names of the buffers between the two kernels, by the tile that each is for
 * @param step      which of the two kernels
 */
public record SplitAttention(Attention whole, int keys, Map<String, String> workspace, Step step) implements Family {
    /** The kernels of a split attention, in order. */
    public enum Step {
        /** The result, the maximum and the sum of the rows of each part. */
        PARTS,
        /** The result of all parts. */
        MERGE
    }

    public SplitAttention {
        workspace = Map.copyOf(workspace);
    }

    /**
     * The kernel that computes the parts.
     *
     * @param unique makes names of buffers unique
     */
    public static SplitAttention of(Attention whole, int keys, UnaryOperator<String> unique) {
        Map<String, String> workspace = new HashMap<>();
        Split.of(whole.program("", List.of()), keys, tile -> {
            workspace.put(tile, unique.apply(whole.output().name() + "_" + tile));
            return tile;
        });
        return new SplitAttention(whole, keys, workspace, Step.PARTS);
    }

    /** The other kernel: the one that merges what this one stores. */
    public SplitAttention merge() {
        return new SplitAttention(whole, keys, workspace, Step.MERGE);
    }

    @Override
    public SplitAttention map(UnaryOperator<ScalarExpr> change) {
        return new SplitAttention(whole.map(change), keys, workspace, step);
    }

    private Split split(String name, List<String> comments) {
        return Split.of(whole.program(name, comments), keys, workspace::get);
    }

    @Override
    public TileProgram program(String name, List<String> comments) {
        Split split = split(name, comments);
        return step == Step.PARTS ? split.parts() : split.merge();
    }

    /** Where each program stores. */
    public List<Buffer> outputs() {
        return List.copyOf(program("", List.of()).writes());
    }

    /** Every scalar program and address of the kernel. */
    public List<ScalarExpr> programs() {
        return program("", List.of()).programs();
    }

    /** Counts the parts. */
    public Axis parts() {
        return split("", List.of()).axis();
    }
}
