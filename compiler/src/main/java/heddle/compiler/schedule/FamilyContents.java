package heddle.compiler.schedule;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.AttentionGradients;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.tile.family.ScatterFamily;
import heddle.compiler.tile.family.SplitAttention;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The parts of a family, for any family.
 *
 * @param axes     its loops
 * @param programs every scalar program and address in it
 * @param outputs  the buffers it stores to
 */
record FamilyContents(List<Axis> axes, List<ScalarExpr> programs, List<Buffer> outputs) {
    static FamilyContents of(Family family) {
        return switch (family) {
            case MapFamily f -> new FamilyContents(f.axes(), List.of(f.address(), f.body()), List.of(f.output()));
            case RowFamily f -> of(f);
            case ScatterFamily f -> {
                List<Axis> axes = new ArrayList<>(f.owners());
                axes.add(f.position());
                yield new FamilyContents(axes, List.of(f.address(), f.value()), List.of(f.output()));
            }
            case Contraction f -> of(f);
            case Attention f -> of(f);
            case SplitAttention f -> new FamilyContents(of(f.whole()).axes(), f.programs(), f.outputs());
            case AttentionGradients f ->
                new FamilyContents(
                        f.forward().axes(),
                        f.programs(),
                        f.stores().stream()
                                .map(AttentionGradients.Store::buffer)
                                .toList());
        };
    }

    private static FamilyContents of(RowFamily f) {
        List<Axis> axes = new ArrayList<>(f.rows());
        axes.add(f.row());
        List<ScalarExpr> programs = new ArrayList<>();
        f.steps().forEach(s -> programs.add(s.value()));
        f.writes().forEach(w -> programs.addAll(List.of(w.address(), w.value())));
        return new FamilyContents(
                axes, programs, f.writes().stream().map(RowFamily.Write::output).toList());
    }

    private static FamilyContents of(Contraction f) {
        List<Axis> axes = new ArrayList<>(f.batch());
        axes.addAll(List.of(f.m(), f.n(), f.k()));
        return new FamilyContents(axes, List.of(f.a(), f.b(), f.epilogue(), f.address()), List.of(f.output()));
    }

    private static FamilyContents of(Attention f) {
        List<ScalarExpr> programs = new ArrayList<>(f.definition().programs());
        f.filled().ifPresent(filled -> programs.add(filled.kept()));
        f.stores().forEach(s -> programs.add(s.address()));
        return new FamilyContents(
                f.definition().axes(),
                programs,
                f.stores().stream().map(Attention.Store::buffer).toList());
    }

    /** The buffers it reads, each once. */
    SequencedSet<Buffer> reads() {
        SequencedSet<Buffer> buffers = new LinkedHashSet<>();
        visit(e -> {
            if (e instanceof ScalarExpr.Element element) {
                buffers.add(element.buffer());
            }
        });
        return buffers;
    }

    /** The lengths it needs that are not known. */
    Set<String> symbols() {
        Set<String> symbols = new TreeSet<>();
        axes.forEach(a -> symbols.addAll(a.extent().symbols()));
        visit(e -> {
            if (e instanceof ScalarExpr.Length l) {
                symbols.addAll(l.dim().symbols());
            }
        });
        return symbols;
    }

    private void visit(Consumer<ScalarExpr> visitor) {
        programs.forEach(p -> ScalarExprs.visit(p, visitor));
    }
}
