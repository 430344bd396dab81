package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.Captures;
import heddle.compiler.backend.source.JavaText;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.TileStmt;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes kernels whose innermost parallel axis is blocked. Lanes run along that axis, and the steps for one vector of
 * indices follow each other. These are maps, and reductions over an axis along which memory is not contiguous.
 */
final class ColumnKernelWriter implements KernelWriter {
    @Override
    public void writeBlock(KernelScope scope, JavaText body) {
        Axis axis = scope.kernel().parallel().getLast();
        Captures captures = new Captures().add(scope.kernel());
        String from = KernelScope.from(axis);
        String to = KernelScope.to(axis);
        KernelScope.Part part = scope.part("_" + axis.name(), "void", captures, List.of("int " + from, "int " + to));
        JavaText loopText = part.text().apart();
        Optional<Lanes> lanes = lanes(scope, axis);
        if (lanes.isPresent()) {
            LaneLoop loop = new LaneLoop(lanes.get(), axis, part.locals(), scope.support(), part.text());
            loop.write(
                    loopText,
                    from,
                    to,
                    axis.extent(),
                    1,
                    codes -> new ColumnCode(loop, codes).write(scope.kernel().body()));
        } else {
            ScalarLoop loop = new ScalarLoop(axis, part.locals(), scope.support(), part.text());
            ScalarCode code = loop.open(loopText, from, to);
            new ScalarColumnCode(part.locals(), scope.support(), loopText, code)
                    .write(scope.kernel().body());
            loopText.close();
        }
        part.text().append(loopText).close();
        body.line(part.call() + ";");
    }

    /** The vectors that hold everything the kernel computes, when there are any and stores are contiguous. */
    private static Optional<Lanes> lanes(KernelScope scope, Axis axis) {
        Set<Optional<Lanes>> all = new HashSet<>();
        for (TileStmt stmt : scope.kernel().body()) {
            switch (stmt) {
                case TileStmt.Define d -> all.add(Lanes.of(d.tile().type(), scope.target()));
                case TileStmt.Store s -> {
                    boolean contiguous = Stride.of(s.address(), axis)
                            .filter(Stride::isContiguous)
                            .isPresent();
                    all.add(contiguous ? Lanes.of(s, scope.target()) : Optional.empty());
                }
                default -> throw new IllegalStateException("not a step of a column kernel: " + stmt);
            }
        }
        return all.size() == 1 ? all.iterator().next() : Optional.empty();
    }
}
