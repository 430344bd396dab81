package heddle.compiler.backend.emit;

import heddle.compiler.index.BlockTable;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ScheduleListing;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A kernel without the names that distinguish it from kernels of other layers. Buffers are numbered in the order in
 * which they occur. Kernels of equal form become one method, which is compiled once.
 *
 * @param key     what kernels of this form have in common
 * @param buffers the buffers that the numbers stand for
 */
public record KernelForm(Key key, List<Buffer> buffers) {
    /**
     * What a kernel computes and how, with numbers for buffers.
     *
     * @param choices its schedule as text
     */
    public record Key(
            String family, String choices, List<Axis> parallel, List<TileStmt> body, List<BlockTable> tables) {}

    public KernelForm {
        buffers = List.copyOf(buffers);
    }

    public static KernelForm of(TileKernel kernel) {
        NumberedBuffers numbered = new NumberedBuffers(kernel);
        List<TileStmt> body = numbered.body(kernel.body());
        Key key = new Key(kernel.family(), choices(kernel), kernel.parallel(), body, numbered.tables());
        return new KernelForm(key, numbered.buffers());
    }

    /** Writes the comment above the method of a kernel. @param how it is executed */
    public static void writeComment(TileKernel kernel, String how, JavaText out) {
        String axes =
                kernel.parallel().stream().map(a -> a + " < " + a.extent()).collect(Collectors.joining(", "));
        out.line("/**");
        out.line(" * {@code " + kernel.family() + "} over " + axes + how);
        kernel.comments().forEach(c -> out.line(" * " + JavaText.comment(c)));
        out.line(" */");
    }

    /** What tells methods apart; the tables by which blocks are skipped have numbers for buffers. */
    private static String choices(TileKernel kernel) {
        List<Choice> choices = kernel.schedule().choices().stream()
                .filter(c -> !(c instanceof Choice.Skip || c instanceof Choice.Grain))
                .toList();
        return ScheduleListing.choices(new TileKernel(kernel.program(), new KernelSchedule(choices)));
    }
}
