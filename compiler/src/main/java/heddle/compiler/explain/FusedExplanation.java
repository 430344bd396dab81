package heddle.compiler.explain;

import heddle.compiler.ir.Node;
import heddle.compiler.rewrite.CapturedPart;
import heddle.compiler.tile.BlockCount;
import heddle.compiler.type.Dim;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What there is to say of one fused attention.
 *
 * @param node     the fused node
 * @param parts    the pieces of source that went into it
 * @param programs scalar programs by name: {@code q}, {@code k}, {@code v}, {@code score}, and {@code mask}, {@code weight}
 *                 and {@code sink} where there are such; elements of tensors are written with the model's names
 * @param tiles    block sizes and where tiles live
 * @param blocks   how many blocks are skipped, when all lengths are known
 * @param tables   what blocks are skipped by when the mask reads data: {@code mask_blocks of mask[b, j]}
 * @param fusedWork of the kernel, and of those that fill tables for it
 * @param unfusedWork of the kernels that compute the same, each operation with its own
 * @param scores   how many scores are never stored
 */
public record FusedExplanation(
        Node node,
        List<CapturedPart> parts,
        SequencedMap<String, String> programs,
        TileLayout tiles,
        Optional<BlockCount> blocks,
        List<String> tables,
        Work fusedWork,
        Work unfusedWork,
        Dim scores) {
    public FusedExplanation {
        parts = List.copyOf(parts);
        programs = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(programs));
        tables = List.copyOf(tables);
    }
}
