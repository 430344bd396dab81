package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.scalar.Axis;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.TileKernel;
import java.util.List;

/**
 * Writes kernels with matmuls: contraction and attention. Tiles are in scratch memory that a worker reuses for every
 * block.
 */
final class TileKernelWriter implements KernelWriter {
    private final TileKernel kernel;
    private final TileLowering lowering;
    private final List<Step> steps;

    TileKernelWriter(TileKernel kernel, Processor target) {
        this.kernel = kernel;
        this.lowering = new TileLowering(kernel, target);
        this.steps = lowering.lower(kernel.body());
    }

    @Override
    public void writeScratch(KernelScope scope, JavaText body) {
        for (LocalTile tile : lowering.scratch()) {
            String array = scope.locals().buffer(tile.buffer()).array();
            String type = Locals.type(tile.buffer().type().dtype());
            String rows = tile.row().map(r -> rows(r) + " * ").orElse("");
            body.line(type + "[] " + array + " = new " + type + "[" + rows + tile.width() + "];");
        }
    }

    private String rows(Axis axis) {
        int block = kernel.block(axis);
        return block > 1 ? String.valueOf(block) : KernelScope.extent(axis);
    }

    @Override
    public void writeBlock(KernelScope scope, JavaText body) {
        BlockRanges ranges = BlockRanges.of(kernel);
        StepCode code = new StepCode(scope, lowering.scratch(), ranges, body);
        code.write(steps);
    }
}
