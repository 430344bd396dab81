package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;

/** Writes elementwise chains, copies and gathers: one thread for each element. */
record MapKernel(TileKernel kernel) implements DeviceKernel {
    private Counting elements() {
        return new Counting(kernel.parallel());
    }

    /** Threads of a group; one where there is one element. */
    private int threads() {
        return kernel.parallel().isEmpty()
                ? 1
                : kernel.schedule()
                        .bound(kernel.parallel().getLast(), Choice.Level.THREAD)
                        .orElse(1);
    }

    @Override
    public Grid grid() {
        return Grid.over(elements().count(), threads());
    }

    @Override
    public void write(DeviceScope scope, JavaText out) {
        String element = scope.fresh("element");
        out.line("int " + element + " = context.globalIdx;");
        out.open("if (" + element + " < " + scope.length(elements().count()) + ")");
        elements().write(element, scope, out);
        kernel.body().forEach(s -> {
            TileStmt.Store store = (TileStmt.Store) s;
            scope.store(store.buffer(), store.address(), store.value(), out);
        });
        out.close();
    }
}
