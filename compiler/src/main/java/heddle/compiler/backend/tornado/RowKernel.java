package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.backend.source.ScalarSource;
import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Writes reductions along rows. The threads of a group share a row, and add up their parts in local memory, halving
 * their number at each step. Short rows, and rows that are neighbours in memory, have one thread each.
 */
final class RowKernel implements DeviceKernel {
    private final TileKernel kernel;
    private final Counting rows;
    private final boolean shared;
    private final int threads;

    RowKernel(TileKernel kernel) {
        this.kernel = kernel;
        this.rows = new Counting(kernel.parallel());
        OptionalInt ofRow = kernel.body().stream()
                .flatMap(s -> along(s).stream())
                .flatMapToInt(axis -> threads(axis).stream())
                .findFirst();
        this.shared = ofRow.isPresent();
        this.threads = ofRow.orElseGet(() -> kernel.parallel().isEmpty()
                ? 1
                : threads(kernel.parallel().getLast()).orElse(1));
    }

    private OptionalInt threads(Axis axis) {
        return kernel.schedule().bound(axis, Choice.Level.THREAD);
    }

    /** The axis that a statement runs along. */
    private Optional<Axis> along(TileStmt s) {
        return switch (s) {
            case TileStmt.Define d -> d.value() instanceof TileExpr.Reduce r ? Optional.of(r.over()) : Optional.empty();
            case TileStmt.Store store ->
                store.axes().stream()
                        .filter(a -> !kernel.parallel().contains(a))
                        .findFirst();
            default -> throw new IllegalStateException("no statement of rows: " + s);
        };
    }

    @Override
    public Grid grid() {
        return shared ? new Grid(rows.count(), threads) : Grid.over(rows.count(), threads);
    }

    @Override
    public long localBytes() {
        return partials().keySet().stream()
                .mapToLong(s -> (long) s.bytes() * threads)
                .sum();
    }

    @Override
    public Collection<String> localArrays() {
        return partials().values();
    }

    /** The local arrays that partial results lie in, one for each type. */
    private Map<Storage, String> partials() {
        Map<Storage, String> partials = new EnumMap<>(Storage.class);
        if (shared) {
            for (TileStmt s : kernel.body()) {
                if (s instanceof TileStmt.Define d && d.value() instanceof TileExpr.Reduce) {
                    Storage storage = Storage.of(d.tile().type());
                    partials.put(storage, storage == Storage.FLOAT ? "partial" : storage.variable() + "Partial");
                }
            }
        }
        return partials;
    }

    @Override
    public void write(DeviceScope scope, JavaText out) {
        Map<Storage, String> partials = partials();
        String row = scope.fresh("row");
        if (!shared) {
            out.line("int " + row + " = context.globalIdx;");
        } else {
            out.line("int " + row + " = context.groupIdx;");
            out.line("int thread = context.localIdx;");
            partials.forEach((storage, name) ->
                    out.line(storage.element() + "[] " + name + " = " + storage.allocate(threads) + ";"));
        }
        out.open("if (" + row + " < " + scope.length(rows.count()) + ")");
        rows.write(row, scope, out);
        for (TileStmt s : kernel.body()) {
            switch (s) {
                case TileStmt.Define d -> define(d.tile(), d.value(), partials, scope, out);
                case TileStmt.Store store -> store(store, scope, out);
                default -> throw new IllegalStateException("no statement of rows: " + s);
            }
        }
        if (shared) {
            // As in blocks, threads end together.
            out.line("context.localBarrier();");
        }
        out.close();
    }

    private void define(Tile tile, TileExpr value, Map<Storage, String> partials, DeviceScope scope, JavaText out) {
        Storage storage = Storage.of(tile.type());
        String name = scope.fresh(tile.name());
        switch (value) {
            case TileExpr.Map m ->
                out.line(storage.variable() + " " + name + " = " + scope.value(m.program(), out) + ";");
            case TileExpr.Reduce r -> {
                Folding folding = new Folding(r.kind(), tile.type(), r.ignoresNaN());
                out.line(storage.variable() + " " + name + " = " + folding.neutral() + ";");
                loop(r.over(), scope, out, inner -> {
                    String next = ScalarSource.operand(inner.scope().value(r.program(), inner.out()));
                    if (folding.readsTwice()) {
                        String once = inner.scope().fresh("next");
                        inner.out().line(storage.variable() + " " + once + " = " + next + ";");
                        next = once;
                    }
                    inner.out().line(name + " = " + folding.of(name, next) + ";");
                });
                if (shared) {
                    combine(name, partials.get(storage), storage, folding, scope, out);
                }
            }
            case TileExpr.Dot d -> throw new IllegalStateException("no product in a row kernel");
        }
        scope.bind(tile.name(), name);
    }

    /** Leaves in {@code name} of every thread what the parts of all threads come to. */
    private void combine(
            String name, String partial, Storage storage, Folding folding, DeviceScope scope, JavaText out) {
        if (threads == 1) {
            return;
        }
        String half = scope.fresh("half");
        out.line(partial + "[thread] = " + storage.stored(name) + ";");
        out.line("context.localBarrier();");
        out.open("for (int " + half + " = " + threads / 2 + "; " + half + " > 0; " + half + " >>= 1)");
        out.open("if (thread < " + half + ")");
        String mine = scope.fresh("mine");
        String other = scope.fresh("other");
        out.line(storage.variable() + " " + mine + " = " + storage.loaded(partial + "[thread]") + ";");
        out.line(storage.variable() + " " + other + " = " + storage.loaded(partial + "[thread + " + half + "]") + ";");
        out.line(partial + "[thread] = " + storage.stored(folding.of(mine, other)) + ";");
        out.close();
        out.line("context.localBarrier();");
        out.close();
        out.line(name + " = " + storage.loaded(partial + "[0]") + ";");
        out.line("context.localBarrier();");
    }

    private void store(TileStmt.Store store, DeviceScope scope, JavaText out) {
        boolean perElement =
                store.axes().stream().anyMatch(a -> !kernel.parallel().contains(a));
        if (perElement) {
            loop(
                    store.axes().getFirst(),
                    scope,
                    out,
                    inner -> inner.scope().store(store.buffer(), store.address(), store.value(), inner.out()));
        } else if (shared) {
            out.open("if (thread == 0)");
            scope.inner().store(store.buffer(), store.address(), store.value(), out);
            out.close();
        } else {
            scope.store(store.buffer(), store.address(), store.value(), out);
        }
    }

    private record Inner(DeviceScope scope, JavaText out) {}

    /** A loop over this thread's part of a row. */
    private void loop(Axis axis, DeviceScope scope, JavaText out, Consumer<Inner> body) {
        String index = scope.fresh(axis.name());
        String step = shared ? index + " += " + threads : index + "++";
        out.open("for (int " + index + " = " + (shared ? "thread" : "0") + "; " + index + " < "
                + scope.length(axis.extent()) + "; " + step + ")");
        DeviceScope inner = scope.inner();
        inner.bind(axis, index);
        body.accept(new Inner(inner, out));
        out.close();
    }
}
