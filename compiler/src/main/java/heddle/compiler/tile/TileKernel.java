package heddle.compiler.tile;

import java.util.List;

/**
 * A program over tiles, the unit both code writers translate. It names no target.
 *
 * @param name     a Java identifier, unique in the plan
 * @param family   what kind of kernel it is: {@code map}, {@code rows}, {@code contraction}, {@code attention}
 * @param reads    buffers it reads, each once
 * @param writes   buffers it writes
 * @param parallel axes whose blocks are independent, outermost first
 * @param body     what happens for one block of each parallel axis
 * @param plan     how it is cut up
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
}
