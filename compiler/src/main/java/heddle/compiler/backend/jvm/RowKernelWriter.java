package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.Captures;
import heddle.compiler.backend.source.JavaText;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileStmt;
import java.util.List;
import java.util.Optional;

/**
 * Writes kernels whose blocks are rows. Each reduction and each store along the row is a loop in a method of its own.
 */
final class RowKernelWriter implements KernelWriter {
    @Override
    public void writeBlock(KernelScope scope, JavaText body) {
        for (TileStmt stmt : scope.kernel().body()) {
            switch (stmt) {
                case TileStmt.Define d -> define(scope, body, d);
                case TileStmt.Store s -> {
                    if (s.axes().isEmpty()) {
                        new ScalarCode(scope.locals(), scope.support(), body).store(s);
                    } else {
                        body.line(writeRow(scope, s) + ";");
                    }
                }
                default -> throw new IllegalStateException("not a step of a row kernel: " + stmt);
            }
        }
    }

    private static void define(KernelScope scope, JavaText body, TileStmt.Define d) {
        Tile tile = d.tile();
        String value = switch (d.value()) {
            case TileExpr.Map m -> new ScalarCode(scope.locals(), scope.support(), body).of(m.program());
            case TileExpr.Reduce r -> writeReduction(scope, tile, r);
            case TileExpr.Dot dot -> throw new IllegalStateException("not a step of a row kernel: " + d);
        };
        String name = scope.locals().fresh(tile.name());
        scope.locals().bind(tile.name(), new Locals.Value(name, false));
        body.line(Locals.type(tile.type()) + " " + name + " = " + value + ";");
    }

    private static String writeReduction(KernelScope scope, Tile tile, TileExpr.Reduce r) {
        Captures captures = new Captures().add(r.program()).addExtent(r.over());
        KernelScope.Part part = scope.part("_" + tile.name(), Locals.type(tile.type()), captures, List.of());
        Optional<Lanes> lanes = Lanes.of(tile.type(), scope.target());
        String result = lanes.isPresent()
                ? RowReduction.inLanes(scope, part, lanes.get(), tile, r)
                : RowReduction.oneByOne(scope, part, r);
        part.text().line("return " + result + ";").close();
        return part.call();
    }

    private static String writeRow(KernelScope scope, TileStmt.Store s) {
        Axis axis = s.axes().getFirst();
        Captures captures = new Captures().add(s);
        KernelScope.Part part = scope.part("_" + s.buffer().name(), "void", captures, List.of());
        String to = KernelScope.extent(axis);
        Optional<Lanes> lanes = Lanes.of(s, scope.target());
        boolean contiguous =
                Stride.of(s.address(), axis).filter(Stride::isContiguous).isPresent();
        JavaText loopText = part.text().apart();
        if (lanes.isPresent() && contiguous) {
            LaneLoop loop = new LaneLoop(lanes.get(), axis, part.locals(), scope.support(), part.text());
            loop.write(loopText, "0", to, axis.extent(), 1, (code, copy) -> code.store(s));
        } else {
            ScalarLoop loop = new ScalarLoop(axis, part.locals(), scope.support(), part.text());
            loop.open(loopText, "0", to).store(s);
            loopText.close();
        }
        part.text().append(loopText).close();
        return part.call();
    }
}
