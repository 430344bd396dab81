package heddle.compiler.target.jvm;

import heddle.compiler.tile.Buffer;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarExpr.Apply;
import heddle.compiler.tile.ScalarExpr.Element;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.TensorType;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A kernel without the names that tell it from kernels of other layers: buffers are numbered in the order they are met.
 * Kernels of equal form are one method, which HotSpot then compiles once.
 *
 * @param kernel  the kernel with numbered buffers, no name and no comments
 * @param buffers the buffers that the numbers stand for
 */
record KernelForm(TileKernel kernel, List<Buffer> buffers) {
    static KernelForm of(TileKernel kernel) {
        Renaming renaming = new Renaming();
        List<Stmt> body = renaming.stmts(kernel.body());
        TileKernel form = new TileKernel(
                "", kernel.family(), List.of(), List.of(), kernel.parallel(), body, kernel.plan(), List.of());
        return new KernelForm(form, List.copyOf(renaming.numbered.keySet()));
    }

    private static final class Renaming {
        private final SequencedMap<Buffer, Buffer> numbered = new LinkedHashMap<>();
        private final Map<ScalarExpr, ScalarExpr> done = new IdentityHashMap<>();

        Buffer buffer(Buffer b) {
            return numbered.computeIfAbsent(
                    b,
                    x -> new Buffer(
                            "b" + numbered.size(), TensorType.scalar(x.type().dtype())));
        }

        List<Stmt> stmts(List<Stmt> stmts) {
            return stmts.stream().map(this::stmt).toList();
        }

        private Stmt stmt(Stmt stmt) {
            return switch (stmt) {
                case Stmt.Define d -> new Stmt.Define(d.tile(), tile(d.value()));
                case Stmt.Update u -> new Stmt.Update(u.tile(), tile(u.value()));
                case Stmt.Accumulate a -> a;
                case Stmt.Loop l -> new Stmt.Loop(l.axis(), l.mask().map(this::scalar), stmts(l.body()));
                case Stmt.Masked m -> new Stmt.Masked(stmts(m.body()));
                case Stmt.Store s ->
                    new Stmt.Store(buffer(s.buffer()), s.axes(), scalar(s.address()), scalar(s.value()));
            };
        }

        private TileExpr tile(TileExpr e) {
            return switch (e) {
                case TileExpr.Map m -> new TileExpr.Map(scalar(m.program()));
                case TileExpr.Reduce r -> new TileExpr.Reduce(r.kind(), scalar(r.program()), r.over(), r.ignoresNaN());
                case TileExpr.Dot d -> d;
            };
        }

        private ScalarExpr scalar(ScalarExpr e) {
            ScalarExpr known = done.get(e);
            if (known == null) {
                known = switch (e) {
                    case Element x -> new Element(buffer(x.buffer()), scalar(x.address()));
                    case Apply a ->
                        new Apply(
                                a.fn(),
                                a.type(),
                                a.args().stream().map(this::scalar).toList());
                    default -> e;
                };
                done.put(e, known);
            }
            return known;
        }
    }
}
