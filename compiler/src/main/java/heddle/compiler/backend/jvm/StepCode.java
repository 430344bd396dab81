package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.backend.source.Names;
import heddle.compiler.scalar.Axis;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes the steps for one block. */
final class StepCode {
    private final KernelScope scope;
    private final List<LocalTile> scratch;
    private final BlockRanges ranges;
    private final Set<LocalTile> placed;
    private final JavaText out;

    StepCode(KernelScope scope, List<LocalTile> scratch, BlockRanges ranges, JavaText out) {
        this(scope, scratch, ranges, new HashSet<>(), out);
        placeTiles();
    }

    private StepCode(
            KernelScope scope, List<LocalTile> scratch, BlockRanges ranges, Set<LocalTile> placed, JavaText out) {
        this.scope = scope;
        this.scratch = scratch;
        this.ranges = ranges;
        this.placed = placed;
        this.out = out;
    }

    void write(List<Step> steps) {
        steps.forEach(this::write);
    }

    private void write(Step step) {
        switch (step) {
            case Step.Clear c -> clear(c.tile());
            case Step.Columns c -> new ColumnsCode(scope, ranges).write(c, out);
            case Step.Product p -> new ProductCode(scope, ranges).write(p, out);
            case Step.Blocks b -> blocks(b);
            case Step.Partial p -> {
                out.open("if (!full)");
                write(p.body());
                out.close();
            }
        }
    }

    private void clear(LocalTile tile) {
        String array = scope.locals().array(tile.buffer()).array();
        String end = tile.row().map(r -> ranges.length(r) + " * ").orElse("") + tile.width();
        String zero = Locals.type(tile.buffer().type().dtype()).equals("float") ? "0f" : "0";
        out.line("Arrays.fill(" + array + ", 0, " + end + ", " + zero + ");");
    }

    private void blocks(Step.Blocks b) {
        Axis axis = b.axis();
        String from = KernelScope.from(axis);
        String to = KernelScope.to(axis);
        String extent = KernelScope.extent(axis);
        int size = scope.kernel().block(axis);
        BlockRanges inner = ranges.with(axis);
        if (axis.extent().isKnown() && axis.extent().value() <= size && b.mask().isEmpty()) {
            out.line("int " + from + " = 0;");
            out.line("int " + to + " = " + extent + ";");
            within(inner).write(b.body());
            return;
        }
        String block = Names.identifier(axis.name() + "Block");
        out.open("for (int " + block + " = 0; " + block + " < " + extent + "; " + block + " += " + size + ")");
        out.line("int " + from + " = " + block + ";");
        out.line("int " + to + " = Math.min(" + from + " + " + size + ", " + extent + ");");
        b.mask().ifPresent(mask -> new MaskCode(scope, inner, axis).write(mask, out));
        within(inner).write(b.body());
        out.close();
    }

    private StepCode within(BlockRanges inner) {
        StepCode code = new StepCode(scope, scratch, inner, placed, out);
        code.placeTiles();
        return code;
    }

    /** Says where tiles whose block has become known begin, so that they are read by the indexes of the whole tensor. */
    private void placeTiles() {
        for (LocalTile tile : scratch) {
            boolean known = tile.axes().stream().allMatch(a -> ranges.isBlocked(a) || !isLooped(a));
            if (known && placed.add(tile)) {
                out.line("int " + scope.locals().array(tile.buffer()).offset() + " = " + origin(tile) + ";");
            }
        }
    }

    private boolean isLooped(Axis axis) {
        return scope.kernel().block(axis) > 1;
    }

    private String origin(LocalTile tile) {
        List<String> terms = new ArrayList<>();
        Optional<Axis> row = tile.row().filter(ranges::isBlocked);
        row.ifPresent(r -> terms.add(ranges.from(r) + " * " + tile.width()));
        if (ranges.isBlocked(tile.lane())) {
            terms.add(ranges.from(tile.lane()));
        }
        return terms.isEmpty() ? "0" : "-(" + String.join(" + ", terms) + ")";
    }
}
