package heddle.compiler.backend.tornado;

import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;

/** What a group takes of a device for a kernel with products, by formula: no code is written for it. */
record Footprint(TileKernel kernel, Geometry geometry, LocalMemory memory) {
    static Footprint of(TileKernel kernel) {
        Geometry geometry = Geometry.of(kernel);
        return new Footprint(kernel, geometry, new LocalMemory(kernel, geometry));
    }

    /** Bytes of local memory. */
    long localBytes() {
        return memory.bytes();
    }

    /** Variables that a thread holds at once, about. */
    int registers() {
        int registers = 0;
        for (TileStmt s : Geometry.statements(kernel.body())) {
            if (s instanceof TileStmt.Define d
                    && geometry.inRegisters().contains(d.tile().name())) {
                registers += geometry.rows()
                        * d.tile().axes().stream()
                                .filter(a -> !a.equals(geometry.row()))
                                .mapToInt(geometry::columns)
                                .findFirst()
                                .orElse(1);
            }
        }
        return registers;
    }
}
