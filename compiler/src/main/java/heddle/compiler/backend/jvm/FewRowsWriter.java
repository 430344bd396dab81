package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.index.BlockStrides;
import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes kernels whose blocks have few rows, as attention with few queries has. Rows are computed one by one, or a few at once in
 * products; lanes run along what each row has. Factors with another row for each key are read where they lie.
 */
final class FewRowsWriter implements KernelWriter {
    private final TileKernel kernel;
    private final Axis row;
    private final SequencedMap<String, LocalTile> scratch = new LinkedHashMap<>();
    private final Map<String, BlockStrides> inPlace = new HashMap<>();

    FewRowsWriter(TileKernel kernel) {
        this.kernel = kernel;
        this.row = kernel.parallel().stream()
                .filter(a -> kernel.block(a) > 1)
                .findFirst()
                .orElseThrow();
        place(kernel.body());
    }

    /** The width of a row of {@code columns}, so that vectors of any length end with it. */
    static int padded(int columns) {
        return Math.ceilDiv(columns, 16) * 16;
    }

    private void place(List<TileStmt> body) {
        for (TileStmt stmt : body) {
            switch (stmt) {
                case TileStmt.Define d -> place(d.tile(), d.value());
                case TileStmt.Loop l -> place(l.body());
                default -> {}
            }
        }
    }

    private void place(Tile tile, TileExpr value) {
        if (kernel.schedule().place(tile) == TilePlace.IN_PLACE && value instanceof TileExpr.Map m) {
            inPlace.put(
                    tile.name(),
                    BlockStrides.of(m.program(), kernel.sizes(tile.axes())).orElseThrow());
            return;
        }
        Axis lane = tile.axes().size() == 1
                ? row
                : tile.axes().stream().filter(a -> !a.equals(row)).findFirst().orElseThrow();
        scratch.put(tile.name(), LocalTile.of(tile.name(), tile.type(), tile.axes(), lane, width(lane)));
    }

    private int width(Axis axis) {
        int block = kernel.block(axis);
        return padded(block > 1 ? block : Math.toIntExact(axis.extent().value()));
    }

    /** How many rows there are. */
    int rows() {
        return Math.toIntExact(row.extent().value());
    }

    Axis row() {
        return row;
    }

    /** The tile in scratch memory that has a name. */
    LocalTile scratch(Tile tile) {
        return scratch.get(tile.name());
    }

    SequencedMap<String, LocalTile> scratch() {
        return scratch;
    }

    /** Where a tile lies that is not in scratch memory. */
    BlockStrides inPlace(Tile tile) {
        return inPlace.get(tile.name());
    }

    boolean isInPlace(Tile tile) {
        return inPlace.containsKey(tile.name());
    }

    @Override
    public void writeScratch(KernelScope scope, JavaText body) {
        for (LocalTile tile : scratch.values()) {
            int rows = tile.row().isPresent() ? Math.max(1, rows()) : 1;
            declare(body, scope.locals().buffer(tile.buffer()).array(), tile, rows);
        }
        FewRowsCode.sums(kernel.body())
                .forEach(t -> declare(body, FewRowsCode.before(scratch(t), scope), scratch(t), Math.max(1, rows())));
    }

    private static void declare(JavaText body, String array, LocalTile tile, int rows) {
        String type = Locals.type(tile.buffer().type().dtype());
        body.line(type + "[] " + array + " = new " + type + "[" + rows * tile.width() + "];");
    }

    @Override
    public void writeBlock(KernelScope scope, JavaText body) {
        new FewRowsCode(this, scope, body).write(kernel.body());
    }
}
