package heddle.compiler.backend.emit;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ScheduleListing;
import heddle.compiler.tile.TileKernel;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A kernel without the names that distinguish it from kernels of other layers. Buffers are numbered in the order in
 * which they occur. Kernels of equal form become one method, which is compiled once.
 *
 * @param listing the kernel's axes, schedule and statements, with numbers for buffers
 * @param buffers the buffers that the numbers stand for
 */
public record KernelForm(String listing, List<Buffer> buffers) {
    public KernelForm {
        buffers = List.copyOf(buffers);
    }

    public static KernelForm of(TileKernel kernel) {
        FormListing listing = new FormListing(kernel);
        listing.add(kernel.family())
                .add(choices(kernel))
                .axes(kernel.parallel())
                .body(kernel.body());
        return new KernelForm(listing.toString(), listing.buffers());
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

    /** What tells methods apart; the tables by which blocks are skipped are listed with the mask. */
    private static String choices(TileKernel kernel) {
        List<Choice> choices = kernel.schedule().choices().stream()
                .filter(c -> !(c instanceof Choice.Skip || c instanceof Choice.Grain))
                .toList();
        return ScheduleListing.choices(new TileKernel(kernel.program(), new KernelSchedule(choices)));
    }
}
