package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.index.BlockMask;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Writes kernels with matmuls, contraction and attention: a group for each block, where each thread has a register
 * sub-tile of the results. All threads load the operands of matmuls into local memory together.
 *
 * <p>TornadoVM compiles lengths in as constants. From these and from the conditions of loops, its last phases can
 * decide other conditions, and TornadoVM cannot write a branch that is decided so late. So conditions on the counters
 * of groups and blocks add a zero to the counter, which TornadoVM takes for any small number.
 */
final class BlockKernel implements DeviceKernel {
    private final TileKernel kernel;
    private final Geometry geometry;
    private final LocalMemory memory;
    private final Counting blocks;

    BlockKernel(TileKernel kernel) {
        this.kernel = kernel;
        this.geometry = Geometry.of(kernel);
        this.memory = new LocalMemory(kernel, geometry);
        this.blocks = new Counting(kernel.parallel(), kernel::block);
    }

    @Override
    public Grid grid() {
        return new Grid(blocks.count(), geometry.threads());
    }

    @Override
    public long localBytes() {
        return memory.bytes();
    }

    @Override
    public Collection<String> localArrays() {
        return memory.allocations().keySet();
    }

    @Override
    public void write(DeviceScope scope, JavaText out) {
        out.line("int thread = context.localIdx;");
        out.line("int column = thread % " + geometry.threadColumns() + ";");
        out.line("int row = thread / " + geometry.threadColumns() + " * " + geometry.rows() + ";");
        memory.allocations()
                .forEach((name, a) -> out.line(a.storage().element() + "[] " + name + " = "
                        + a.storage().allocate(a.elements()) + ";"));
        out.line("int group = context.groupIdx;");
        out.line("int zero = context.localGroupSizeX >> 15; // which TornadoVM does not know");
        out.open("if (group + zero < " + scope.length(blocks.count()) + ")");
        blocks.write("group", scope, out);
        Body body = new Body(scope, out);
        body.write(kernel.body());
        // PoCL gets stores wrong that some threads skip where a kernel ends.
        out.line("context.localBarrier();");
        out.close();
    }

    /** The statements of a kernel, written for one thread. */
    private final class Body {
        private final DeviceScope scope;
        private final JavaText out;
        private final Barriers barriers = new Barriers();
        private final SequencedMap<String, RegisterTile> registers = new LinkedHashMap<>();
        private final Lanes lanes;
        private final Operands operands;

        /** Whether the block of the loop is known to be full or not. */
        private boolean classified;

        Body(DeviceScope scope, JavaText out) {
            this.scope = scope;
            this.out = out;
            this.lanes = new Lanes(geometry, scope);
            this.operands = new Operands(geometry, memory, lanes, barriers, scope);
            lanes.declareRows(out);
        }

        void write(List<TileStmt> body) {
            body.forEach(this::write);
        }

        private void write(TileStmt s) {
            switch (s) {
                case TileStmt.Define d -> define(d.tile(), d.value());
                case TileStmt.Update u -> assign(registers.get(u.tile().name()), u.value(), false);
                case TileStmt.Accumulate a -> product(registers.get(a.tile().name()), a.value());
                case TileStmt.Loop l -> loop(l);
                case TileStmt.Masked m -> masked(m);
                case TileStmt.Store store -> store(store);
                case TileStmt.AddTo a ->
                    throw new IllegalStateException("no kernel of this target adds to " + a.buffer());
            }
        }

        private void masked(TileStmt.Masked m) {
            if (classified) {
                out.open("if (!full)");
            }
            write(m.body());
            if (classified) {
                out.close();
            }
        }

        private void define(Tile tile, TileExpr value) {
            switch (value) {
                case TileExpr.Map m -> {
                    if (geometry.inRegisters().contains(tile.name())) {
                        assign(registers(tile), m, true);
                    } else {
                        operands.load(tile, m.program(), out);
                    }
                }
                case TileExpr.Reduce r -> reduce(registers(tile), r);
                case TileExpr.Dot dot -> {
                    RegisterTile t = registers(tile);
                    Storage storage = Storage.of(tile.type());
                    forEach(
                            t,
                            (r, c) -> out.line(storage.variable() + " " + t.at(r, c) + " = " + storage.zero() + ";"));
                    product(t, dot);
                }
            }
        }

        private RegisterTile registers(Tile tile) {
            var column =
                    tile.axes().stream().filter(a -> !a.equals(geometry.row())).findFirst();
            column.ifPresent(axis -> lanes.declareColumns(axis, out));
            RegisterTile t = new RegisterTile(
                    tile,
                    scope.fresh(tile.name()),
                    column,
                    geometry.rows(),
                    column.map(geometry::columns).orElse(1));
            registers.put(tile.name(), t);
            return t;
        }

        private interface Element {
            void at(int row, int column);
        }

        private void forEach(RegisterTile t, Element element) {
            for (int r = 0; r < t.rows(); r++) {
                for (int c = 0; c < t.width(); c++) {
                    element.at(r, c);
                }
            }
        }

        /** The scope in which programs are about one element of a tile. */
        private DeviceScope at(int r, Optional<Axis> column, int c) {
            DeviceScope at = scope.inner();
            lanes.bind(at, r, column, c);
            registers.values().forEach(t -> {
                if (t.column().isEmpty() || t.column().equals(column)) {
                    at.bind(t.tile().name(), t.at(r, c));
                }
            });
            return at;
        }

        private void assign(RegisterTile t, TileExpr.Map map, boolean declared) {
            String type = declared ? Storage.of(t.tile().type()).variable() + " " : "";
            forEach(t, (r, c) -> {
                String value = at(r, t.column(), c).value(map.program(), out);
                out.line(type + t.at(r, c) + " = " + value + ";");
            });
        }

        /** Each thread reduces its own columns; then the threads of a row exchange what they have. */
        private void reduce(RegisterTile result, TileExpr.Reduce reduce) {
            Folding folding = new Folding(reduce.kind(), result.tile().type(), reduce.ignoresNaN());
            Storage storage = Storage.of(result.tile().type());
            var column = Optional.of(reduce.over());
            for (int r = 0; r < result.rows(); r++) {
                String name = result.at(r, 0);
                out.line(storage.variable() + " " + name + " = " + folding.neutral() + ";");
                for (int c = 0; c < geometry.columns(reduce.over()); c++) {
                    String next = at(r, column, c).value(reduce.program(), out);
                    String within = lanes.isWithin(reduce.over(), c);
                    String fold = name + " = " + folding.of(name, next) + ";";
                    if (within.isEmpty()) {
                        out.line(fold);
                    } else {
                        out.open("if (" + within + ")").line(fold).close();
                    }
                }
            }
            if (geometry.threadColumns() > 1) {
                exchange(result, folding, storage);
            }
        }

        private void exchange(RegisterTile result, Folding folding, Storage storage) {
            String array = LocalMemory.exchange(storage);
            int columns = geometry.threadColumns();
            barriers.beforeWriting(array, out);
            for (int r = 0; r < result.rows(); r++) {
                out.line(array + "[" + place(r, columns) + " + column] = " + result.at(r, 0) + ";");
            }
            barriers.beforeReading(List.of(array), out);
            for (int r = 0; r < result.rows(); r++) {
                out.line(result.at(r, 0) + " = " + folding.neutral() + ";");
            }
            String other = scope.fresh("other");
            out.open("for (int " + other + " = 0; " + other + " < " + columns + "; " + other + "++)");
            for (int r = 0; r < result.rows(); r++) {
                String next = array + "[" + place(r, columns) + " + " + other + "]";
                out.line(result.at(r, 0) + " = " + folding.of(result.at(r, 0), next) + ";");
            }
            out.close();
        }

        /** {@code (row + r) * width}. */
        private static String place(int r, int width) {
            String at = r == 0 ? "row" : "(row + " + r + ")";
            return width == 1 ? at : at + " * " + width;
        }

        private void product(RegisterTile result, TileExpr.Dot dot) {
            share(dot.a());
            share(dot.b());
            operands.multiply(result, dot, out);
        }

        /** An operand that threads computed goes where all of them can read it; beyond the last column it is zero. */
        private void share(Tile tile) {
            RegisterTile t = registers.get(tile.name());
            if (t == null) {
                return;
            }
            LocalArray array = memory.operand(tile);
            barriers.beforeWriting(array.name(), out);
            forEach(t, (r, c) -> {
                String within = t.column().map(x -> lanes.isWithin(x, c)).orElse("");
                String value = within.isEmpty()
                        ? t.at(r, c)
                        : within + " ? " + t.at(r, c) + " : " + array.storage().zero();
                out.line(array.name() + "[" + lanes.column(c, array.pitch()) + " + row" + (r == 0 ? "" : " + " + r)
                        + "] = " + value + ";");
            });
        }

        private void store(TileStmt.Store store) {
            var column =
                    store.axes().stream().filter(a -> !a.equals(geometry.row())).findFirst();
            // What all columns have in common is stored once.
            List<String> first = kernel.parallel().stream()
                    .filter(a -> geometry.isBlocked(a) && !store.axes().contains(a))
                    .map(a -> lanes.from(a) + " == 0")
                    .collect(Collectors.toCollection(ArrayList::new));
            if (column.isEmpty() && geometry.threadColumns() > 1) {
                first.add("column == 0");
            }
            for (int r = 0; r < geometry.rows(); r++) {
                int row = r;
                List<String> conditions = new ArrayList<>(first);
                conditions.add(lanes.isRow(r));
                where(conditions, () -> {
                    for (int c = 0; c < column.map(geometry::columns).orElse(1); c++) {
                        int at = c;
                        String within = column.map(x -> lanes.isWithin(x, at)).orElse("");
                        where(
                                List.of(within),
                                () -> at(row, column, at).store(store.buffer(), store.address(), store.value(), out));
                    }
                });
            }
        }

        /** Writes {@code body} under those of the conditions that there are. */
        private void where(List<String> conditions, Runnable body) {
            String all = conditions.stream().filter(c -> !c.isEmpty()).collect(Collectors.joining(" && "));
            if (!all.isEmpty()) {
                out.open("if (" + all + ")");
            }
            body.run();
            if (!all.isEmpty()) {
                out.close();
            }
        }

        private void loop(TileStmt.Loop l) {
            Axis axis = l.axis();
            String from = scope.fresh(Counting.from(axis));
            scope.bind(Counting.from(axis), from);
            int block = geometry.width(axis);
            barriers.enterLoop(memory.allocations().keySet());
            boolean plain = geometry.isWhole(axis) && l.mask().isEmpty();
            out.open("for (int " + from + " = " + (plain ? "0; " + from : "zero; " + from + " + zero") + " < "
                    + scope.length(axis.extent()) + "; " + from + " += " + block + ")");
            classified = l.mask().map(mask -> classify(mask, axis)).orElse(false);
            write(l.body());
            if (classified) {
                out.close();
            }
            out.close();
        }

        /** Skips a block that the mask empties, and tells full ones; nothing is written when the mask does not say. */
        private boolean classify(LoopMask mask, Axis looped) {
            Map<Axis, BlockMask.Range> corners = new HashMap<>();
            DeviceScope at = scope.inner();
            for (Axis axis : List.of(geometry.row(), looped)) {
                if (geometry.isBlocked(axis)) {
                    String last = axis.name() + "Last";
                    at.bind(last, "(long) " + lanes.last(axis));
                    at.bind(axis.name() + "First", "(long) " + lanes.from(axis));
                    corners.put(
                            axis,
                            new BlockMask.Range(
                                    new ScalarExpr.Variable(axis.name() + "First", DType.I64),
                                    new ScalarExpr.Variable(last, DType.I64)));
                } else {
                    at.bind(axis, "0");
                }
            }
            BlockMask found = kernel.over(mask, corners);
            if (!found.isKnown()) {
                return false;
            }
            out.open("if (" + at.value(found.somewhere(), out) + ")");
            out.line("boolean full = " + at.value(found.everywhere(), out) + ";");
            return true;
        }
    }
}
