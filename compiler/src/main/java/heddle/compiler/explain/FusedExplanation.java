package heddle.compiler.explain;

import heddle.compiler.ir.Node;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.report.CapturedPart;
import heddle.compiler.tile.BlockCount;
import heddle.compiler.type.Amount;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The explanation of one fused attention.
 *
 * @param node     the fused node
 * @param woven    the nodes that it replaces when its layout is folded, as they were before fusion, in graph order
 * @param parts    the pieces of source that went into it
 * @param definition what it computes, its programs reading operands
 * @param operands what the model calls the operands, by slot
 * @param programs scalar programs by name: {@code q}, {@code k}, {@code v}, {@code score}, and {@code mask}, {@code weight},
 *                 {@code sink} and {@code lse} where they exist; elements of tensors are written with the model's names
 * @param tiles    block sizes, and the memory of each tile
 * @param blocks   how many blocks are skipped, when all lengths are known
 * @param fill     a number that stands for minus infinity and keeps blocks, when all lengths are known
 * @param tables   the tables that decide which blocks to skip when the mask reads data: {@code mask_blocks of mask[b, j]}
 * @param fusedWork the cost of the kernel, and of those that fill tables for it
 * @param unfusedWork of the kernels that compute the same, each operation with its own
 * @param scores   how many scores are never stored
 */
public record FusedExplanation(
        Node node,
        List<Node> woven,
        List<CapturedPart> parts,
        AttentionDefinition definition,
        List<String> operands,
        SequencedMap<String, String> programs,
        TileLayout tiles,
        Optional<BlockCount> blocks,
        Optional<FiniteFill> fill,
        List<String> tables,
        Work fusedWork,
        Work unfusedWork,
        Amount scores) {
    public FusedExplanation {
        woven = List.copyOf(woven);
        parts = List.copyOf(parts);
        operands = List.copyOf(operands);
        programs = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(programs));
        tables = List.copyOf(tables);
    }
}
