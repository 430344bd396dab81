package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the statements of a block of few rows: loops and products. Statements on single rows are {@link RowSteps}. */
final class FewRowsCode {
    private final FewRowsWriter writer;
    private final KernelScope scope;
    private final JavaText out;
    private final BlockRanges ranges;
    private final List<String> indexes;
    private final Set<LocalTile> placed;

    FewRowsCode(FewRowsWriter writer, KernelScope scope, JavaText out) {
        this(writer, scope, out, BlockRanges.of(scope.kernel()), List.of(), new HashSet<>());
        placeTiles();
    }

    private FewRowsCode(
            FewRowsWriter writer,
            KernelScope scope,
            JavaText out,
            BlockRanges ranges,
            List<String> indexes,
            Set<LocalTile> placed) {
        this.writer = writer;
        this.scope = scope;
        this.out = out;
        this.ranges = ranges;
        this.indexes = indexes;
        this.placed = placed;
    }

    /** The tiles that products in which zeros annihilate are added to. */
    static List<Tile> sums(List<TileStmt> body) {
        List<Tile> sums = new ArrayList<>();
        for (TileStmt stmt : body) {
            if (stmt instanceof TileStmt.Loop l) {
                sums.addAll(sums(l.body()));
            } else if (stmt instanceof TileStmt.Accumulate a) {
                sums.add(a.tile());
            }
        }
        return sums;
    }

    /** The array that holds what the sums of a tile were before a product. */
    static String before(LocalTile tile, KernelScope scope) {
        return scope.locals().array(tile.buffer()).array() + "Before";
    }

    void write(List<TileStmt> body) {
        List<TileStmt> ofRows = new ArrayList<>();
        for (TileStmt stmt : body) {
            if (stmt instanceof TileStmt.Define d && writer.isInPlace(d.tile())) {
                continue;
            }
            if (isOfRows(stmt)) {
                ofRows.add(stmt);
                continue;
            }
            rows(ofRows);
            switch (stmt) {
                case TileStmt.Define d -> scores(d.tile(), (TileExpr.Dot) d.value());
                case TileStmt.Accumulate a -> sum(a.tile(), a.value());
                case TileStmt.Loop l -> loop(l);
                default -> throw new AssertionError(stmt);
            }
        }
        rows(ofRows);
    }

    private static boolean isOfRows(TileStmt stmt) {
        return switch (stmt) {
            case TileStmt.Define d -> !(d.value() instanceof TileExpr.Dot);
            case TileStmt.Accumulate a -> false;
            case TileStmt.Loop l -> false;
            default -> true;
        };
    }

    /** Writes statements that follow each other as one loop over rows. */
    private void rows(List<TileStmt> statements) {
        if (!statements.isEmpty()) {
            new RowSteps(writer, scope, ranges, indexes).write(List.copyOf(statements), out);
            statements.clear();
        }
    }

    private void loop(TileStmt.Loop loop) {
        Axis axis = loop.axis();
        ScalarCode code = new ScalarCode(scope.locals(), scope.support(), out);
        String first = "(int) " + ScalarCode.operand(code.of(loop.bounds().from()));
        String last = "(int) " + ScalarCode.operand(code.of(loop.bounds().to()));
        String end = scope.locals().fresh(axis.name() + "End");
        out.line("int " + end + " = " + last + ";");
        int size = scope.kernel().block(axis);
        String index = scope.locals().fresh(axis.name() + (size > 1 ? "Block" : ""));
        out.open("for (int " + index + " = " + first + "; " + index + " < " + end + "; " + index + " += " + size + ")");
        Locals inner = scope.locals().block();
        KernelScope within = new KernelScope(scope.kernel(), scope.target(), scope.members(), scope.entry(), inner);
        BlockRanges blocks = ranges;
        List<String> known = new ArrayList<>(indexes);
        if (size > 1) {
            blocks = ranges.with(axis);
            out.line("int " + KernelScope.from(axis) + " = " + index + ";");
            out.line("int " + KernelScope.to(axis) + " = Math.min(" + index + " + " + size + ", " + end + ");");
        } else {
            inner.bind(axis, "(long) " + index);
            known.add(index);
        }
        if (loop.mask().isPresent()) {
            new MaskCode(within, blocks, axis).write(loop.mask().get(), out);
        }
        FewRowsCode body = new FewRowsCode(writer, within, out, blocks, known, placed);
        body.placeTiles();
        body.write(loop.body());
        out.close();
    }

    /** Says where tiles whose block has become known begin, so that they are read by the indexes of the whole tensor. */
    private void placeTiles() {
        for (LocalTile tile : writer.scratch().values()) {
            boolean whole =
                    scope.kernel().block(tile.lane()) == 1 || tile.lane().equals(writer.row());
            if ((whole || ranges.isBlocked(tile.lane())) && placed.add(tile)) {
                String origin = whole ? "0" : "-" + ranges.from(tile.lane());
                out.line("int " + scope.locals().array(tile.buffer()).offset() + " = " + origin + ";");
            }
        }
    }

    private void scores(Tile tile, TileExpr.Dot dot) {
        LocalTile products = writer.scratch(tile);
        LocalTile q = writer.scratch(dot.a());
        Place k = place(dot.b(), products.lane());
        int depth = Math.toIntExact(dot.over().extent().value());
        DotKernel.Shape shape = new DotKernel.Shape(
                writer.rows(), schedule().unroll(tile, writer.row()), depth, q.width(), k.step, products.width());
        String method = scope.members().rowProducts().scores(shape);
        out.line(method + "(" + length(products.lane()) + ", " + array(q) + ", " + k.text() + array(products) + ");");
    }

    private void sum(Tile tile, TileExpr.Dot dot) {
        LocalTile sums = writer.scratch(tile);
        LocalTile p = writer.scratch(dot.a());
        Place v = place(dot.b(), dot.over());
        int columns = Math.toIntExact(sums.lane().extent().value());
        boolean checked = dot.zeros() == Annihilating.LEFT;
        var sum = new RowProductMethods.Sum(
                writer.rows(),
                schedule().unroll(tile, writer.row()),
                schedule().unroll(tile, sums.lane()),
                columns,
                p.width(),
                v.step,
                checked);
        String method = scope.members().rowProducts().sum(sum);
        out.line(method + "(" + length(dot.over()) + ", " + array(p) + ", " + v.text() + array(sums) + ", "
                + before(sums, scope) + ");");
    }

    private KernelSchedule schedule() {
        return scope.kernel().schedule();
    }

    private String length(Axis axis) {
        return ranges.to(axis) + " - " + ranges.from(axis);
    }

    private String array(LocalTile tile) {
        return scope.locals().array(tile.buffer()).array();
    }

    /** Where the rows of a factor lie: its first element in the block, and the elements from one row to the next. */
    private record Place(String array, String at, MicroKernel.Distance step) {
        /** Arguments, each with a comma behind it. */
        String text() {
            return array + ", " + at + ", " + (step.isKnown() ? "" : step.text() + ", ");
        }
    }

    private Place place(Tile factor, Axis rows) {
        BlockStrides block = writer.inPlace(factor);
        Locals locals = scope.locals().block();
        Axis columns =
                factor.axes().stream().filter(a -> !a.equals(rows)).findFirst().orElseThrow();
        locals.bind(rows, "(long) " + ranges.from(rows));
        ScalarExpr start =
                IndexSimplifier.simplify(ScalarExprs.substitute(block.start(), Map.of(columns, ScalarExpr.of(0))));
        Locals.Array array = locals.array(block.buffer());
        String at = new ScalarCode(locals, scope.support(), out).position(array.offset(), start);
        Dim step = block.along(rows);
        String text = Locals.length(step);
        return new Place(
                array.array(),
                at,
                new MicroKernel.Distance(step.isKnown() ? text : "(int) " + ScalarCode.operand(text)));
    }
}
