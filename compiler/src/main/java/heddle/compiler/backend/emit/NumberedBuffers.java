package heddle.compiler.backend.emit;

import heddle.compiler.index.BlockTable;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.LoopBounds;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Rebuilds the statements of a kernel with buffers that are called by numbers, in the order in which they occur, and have no shapes. */
final class NumberedBuffers {
    private final TileKernel kernel;
    private final SequencedMap<Buffer, Buffer> numbered = new LinkedHashMap<>();

    NumberedBuffers(TileKernel kernel) {
        this.kernel = kernel;
    }

    /** The buffers that were met. */
    List<Buffer> buffers() {
        return List.copyOf(numbered.keySet());
    }

    /** The tables by which loops skip blocks. */
    List<BlockTable> tables() {
        return kernel.schedule().tables().stream()
                .map(t -> new BlockTable(scalar(t.part()), t.axes(), t.blocks(), buffer(t.buffer())))
                .toList();
    }

    List<TileStmt> body(List<TileStmt> body) {
        return body.stream().map(this::stmt).toList();
    }

    private TileStmt stmt(TileStmt stmt) {
        return switch (stmt) {
            case TileStmt.Define d -> new TileStmt.Define(d.tile(), value(d.value()));
            case TileStmt.Update u ->
                new TileStmt.Update(u.tile(), new TileExpr.Map(scalar(u.value().program())));
            case TileStmt.Accumulate a -> a;
            case TileStmt.Loop l -> {
                LoopBounds bounds = new LoopBounds(
                        scalar(l.bounds().from()), scalar(l.bounds().to()));
                yield new TileStmt.Loop(
                        l.id(), l.axis(), bounds, mode(l.mode()), l.mask().map(this::mask), body(l.body()));
            }
            case TileStmt.Masked m -> new TileStmt.Masked(m.loop(), body(m.body()));
            case TileStmt.Store s ->
                new TileStmt.Store(buffer(s.buffer()), s.axes(), scalar(s.address()), scalar(s.value()));
            case TileStmt.AddTo a ->
                new TileStmt.AddTo(buffer(a.buffer()), a.axes(), scalar(a.address()), scalar(a.value()), a.kind());
        };
    }

    /** How parts are merged is no matter of this kernel. */
    private static LoopMode mode(LoopMode mode) {
        return mode instanceof LoopMode.Partial p ? new LoopMode.Partial(p.carried(), List.of()) : mode;
    }

    private LoopMask mask(LoopMask mask) {
        LoopMask rebuilt = new LoopMask(scalar(mask.program()), mask.fill());
        tables(); // Their buffers have numbers before those of the body.
        return rebuilt;
    }

    private TileExpr value(TileExpr e) {
        return switch (e) {
            case TileExpr.Map m -> new TileExpr.Map(scalar(m.program()));
            case TileExpr.Reduce r -> new TileExpr.Reduce(r.kind(), scalar(r.program()), r.over(), r.ignoresNaN());
            case TileExpr.Dot d -> d;
        };
    }

    private ScalarExpr scalar(ScalarExpr program) {
        return ScalarExprs.transform(
                program, e -> e instanceof Element x ? new Element(buffer(x.buffer()), x.address()) : e);
    }

    private Buffer buffer(Buffer buffer) {
        return numbered.computeIfAbsent(
                buffer,
                b -> new Buffer(
                        "b" + numbered.size(), TensorType.scalar(b.type().dtype()), b.stored()));
    }
}
