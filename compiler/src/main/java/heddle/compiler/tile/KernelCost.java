package heddle.compiler.tile;

import heddle.compiler.type.Dim;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a kernel costs as written, nothing skipped by masks.
 *
 * @param flops floating-point operations; every function counts one, a product with its addition two
 * @param bytes the sizes of the buffers it reads and writes, each once
 */
public record KernelCost(Dim flops, Dim bytes) {
    public static KernelCost of(TileKernel kernel) {
        Dim bytes = Stream.concat(kernel.reads().stream(), kernel.writes().stream())
                .map(b -> b.type().shape().size().times(b.type().dtype().bytes()))
                .reduce(Dim.ZERO, Dim::plus);
        return new KernelCost(flops(kernel.body(), new LinkedHashSet<>(kernel.parallel())), bytes);
    }

    private static Dim flops(List<Stmt> body, Set<Axis> loops) {
        return body.stream().map(s -> flops(s, loops)).reduce(Dim.ZERO, Dim::plus);
    }

    private static Dim flops(Stmt stmt, Set<Axis> loops) {
        return switch (stmt) {
            case Stmt.Define d -> flops(d.value(), within(loops, d.tile().axes()));
            case Stmt.Update u -> flops(u.value(), within(loops, u.tile().axes()));
            case Stmt.Accumulate a -> flops(a.value(), within(loops, a.tile().axes()));
            case Stmt.Loop l -> flops(l.body(), within(loops, List.of(l.axis())));
            case Stmt.Masked m -> flops(m.body(), loops);
            case Stmt.Store s -> times(within(loops, s.axes()), ScalarExprs.operations(s.value()));
        };
    }

    private static Dim flops(TileExpr e, Set<Axis> loops) {
        return switch (e) {
            case TileExpr.Map m -> times(loops, ScalarExprs.operations(m.program()));
            case TileExpr.Reduce r -> times(within(loops, List.of(r.over())), ScalarExprs.operations(r.program()) + 1);
            case TileExpr.Dot d -> times(within(loops, List.of(d.over())), 2);
        };
    }

    private static Set<Axis> within(Set<Axis> loops, List<Axis> more) {
        Set<Axis> all = new LinkedHashSet<>(loops);
        all.addAll(more);
        return all;
    }

    private static Dim times(Set<Axis> loops, int each) {
        return loops.stream().map(Axis::extent).reduce(Dim.of(each), Dim::times);
    }
}
