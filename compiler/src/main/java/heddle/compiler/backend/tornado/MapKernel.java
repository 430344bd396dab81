package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;

/** Writes elementwise chains, copies and gathers: one thread for each element. */
record MapKernel(TileKernel kernel, TornadoTarget target) implements DeviceKernel {
    private Counting elements() {
        return new Counting(kernel.parallel());
    }

    @Override
    public Grid grid() {
        return Grid.over(elements().count(), target.device().groupThreads());
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
