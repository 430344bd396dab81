package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.Collection;
import java.util.List;

/** Writes what one thread of a kernel does. There is one kind for each shape of tile program. */
sealed interface DeviceKernel permits MapKernel, RowKernel, BlockKernel {
    /** The threads it is written for. */
    Grid grid();

    /** Bytes of local memory that a group takes. */
    default long localBytes() {
        return 0;
    }

    /** The names of its arrays in local memory. */
    default Collection<String> localArrays() {
        return List.of();
    }

    /** Writes the body of the kernel method. */
    void write(DeviceScope scope, JavaText out);

    /** The kernel for a tile program. */
    static DeviceKernel of(TileKernel kernel) {
        if (kernel.body().stream().anyMatch(s -> s instanceof TileStmt.Loop)) {
            return new BlockKernel(kernel);
        }
        return kernel.family().equals("map") ? new MapKernel(kernel) : new RowKernel(kernel);
    }
}
