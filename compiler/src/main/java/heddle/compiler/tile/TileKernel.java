package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;

/**
 * A program over tiles, the unit both code writers translate. It names no target.
 *
 * @param name     the path of the operation that it is for, {@code layer.3/attention:contract#1}, unique in the plan; code
 *                 writers make identifiers of it
 * @param family   what kind of kernel it is: {@code map}, {@code rows}, {@code contraction}, {@code attention}
 * @param reads    buffers it reads, each once
 * @param writes   buffers it writes
 * @param parallel axes whose blocks are independent, outermost first
 * @param body     what happens for one block of each parallel axis
 * @param plan     the block sizes
 * @param comments lines for listings and generated code: graph nodes and source places
 */
public record TileKernel(
        String name,
        String family,
        List<Buffer> reads,
        List<Buffer> writes,
        List<Axis> parallel,
        List<Stmt> body,
        TilePlan plan,
        List<String> comments) {
    public TileKernel {
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
        parallel = List.copyOf(parallel);
        body = List.copyOf(body);
        comments = List.copyOf(comments);
    }

    /** A kernel that reads and writes the buffers that its statements name. */
    public static TileKernel of(
            String name, String family, List<Axis> parallel, List<Stmt> body, TilePlan plan, List<String> comments) {
        SequencedSet<Buffer> reads = new LinkedHashSet<>();
        SequencedSet<Buffer> writes = new LinkedHashSet<>();
        collect(body, reads, writes);
        return new TileKernel(name, family, List.copyOf(reads), List.copyOf(writes), parallel, body, plan, comments);
    }

    private static void collect(List<Stmt> body, Set<Buffer> reads, Set<Buffer> writes) {
        for (Stmt stmt : body) {
            switch (stmt) {
                case Stmt.Define d -> collect(d.value(), reads);
                case Stmt.Update u -> collect(u.value(), reads);
                case Stmt.Accumulate a -> {}
                case Stmt.Loop l -> {
                    l.mask().ifPresent(mask -> {
                        collect(mask.program(), reads);
                        mask.tables().forEach(t -> reads.add(t.buffer()));
                    });
                    collect(l.body(), reads, writes);
                }
                case Stmt.Masked m -> collect(m.body(), reads, writes);
                case Stmt.Store s -> {
                    collect(s.address(), reads);
                    collect(s.value(), reads);
                    writes.add(s.buffer());
                }
            }
        }
    }

    private static void collect(TileExpr e, Set<Buffer> reads) {
        switch (e) {
            case TileExpr.Map m -> collect(m.program(), reads);
            case TileExpr.Reduce r -> collect(r.program(), reads);
            case TileExpr.Dot d -> {}
        }
    }

    private static void collect(ScalarExpr program, Set<Buffer> reads) {
        ScalarExprs.visit(program, e -> {
            if (e instanceof ScalarExpr.Element x) {
                reads.add(x.buffer());
            }
        });
    }
}
