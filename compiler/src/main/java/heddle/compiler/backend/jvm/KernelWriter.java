package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;

/** Writes what a kernel does for one block. There is one writer for each shape of tile program. */
interface KernelWriter {
    /**
     * Writes into the body of the entry method's loop over blocks, where the indexes of parallel axes are known: a
     * {@code long} for an axis of single indexes, {@linkplain KernelScope#from ends} for a blocked one. Hot loops go
     * into methods of their own, so that HotSpot compiles them apart.
     */
    void writeBlock(KernelScope scope, JavaText body);

    /** Writes what stands before that loop: memory that is reused for every block. */
    default void writeScratch(KernelScope scope, JavaText body) {}

    /** The writer for a kernel's statements. */
    static KernelWriter of(TileKernel kernel, Processor target) {
        if (kernel.schedule().hasRowsOneByOne()) {
            return new FewRowsWriter(kernel);
        }
        if (kernel.body().stream().anyMatch(s -> s instanceof TileStmt.Loop)) {
            return new TileKernelWriter(kernel, target);
        }
        boolean blocked =
                !kernel.parallel().isEmpty() && kernel.block(kernel.parallel().getLast()) > 1;
        return blocked ? new ColumnKernelWriter() : new RowKernelWriter();
    }
}
