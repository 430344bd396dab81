package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.Captures;
import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.index.BlockMask;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * Writes how a block is classified by its corners and by tables. Empty blocks are skipped. Full blocks leave the mask
 * out. Partial blocks drop the keys at both ends that the mask removes.
 */
final class MaskCode {
    private final KernelScope scope;
    private final Axis looped;
    private final LoopMask mask;
    private final Optional<Sparse> sparse;
    private final SequencedSet<Axis> axes = new LinkedHashSet<>();
    private final Map<Axis, BlockMask.Range> corners = new HashMap<>();

    /** Tests that are written, by what they tell. */
    private final Map<ScalarExpr, Test> tests = new HashMap<>();

    /**
     * Variables.
     *
     * @param first tells whether blocks are left out
     * @param left  is set when one is, or an end of one
     */
    record Sparse(String first, String left) {}

    /**
     * @param looped the axis of the loop, whose block has just begun
     * @param sparse for blocks that hold nothing but filled scores
     */
    MaskCode(KernelScope scope, Axis looped, LoopMask mask, Optional<Sparse> sparse) {
        this.scope = scope;
        this.looped = looped;
        this.mask = mask;
        this.sparse = mask.fill().isPresent() ? sparse : Optional.empty();
        for (Axis axis : new Captures().add(mask.program()).axes()) {
            if (scope.isBlocked(axis) && !axis.equals(looped)) {
                axes.add(axis);
            }
        }
        axes.add(looped);
        axes.forEach(axis -> corners.put(axis, corners(axis)));
    }

    void write(JavaText out) {
        BlockMask found = scope.kernel().over(mask, corners);
        if (!found.isKnown() || mask.fill().isPresent() && sparse.isEmpty()) {
            out.line("boolean full = false;");
            return;
        }
        String from = KernelScope.from(looped);
        String to = KernelScope.to(looped);
        Test somewhere = test("_somewhere", found.somewhere());
        out.open("if (" + sparse.map(s -> s.first + " && ").orElse("") + "!" + somewhere.call(from, to) + ")");
        leave(out);
        out.line("continue;").close();
        out.line("boolean full = " + sparse.map(s -> "!" + s.first + " || ").orElse("")
                + test("_everywhere", found.everywhere()).call(from, to) + ";");
        LoopId loop = scope.kernel().program().loopOver(looped).orElseThrow();
        scope.kernel().schedule().trim(loop).ifPresent(step -> {
            Test ofStep = test(
                    "_somewhereInStep", scope.kernel().overStep(mask, corners).somewhere());
            String last =
                    "(" + to + " - 1) / " + step + " * " + step; // The step that the end lies in may be cut short.
            out.open("if (!full)");
            narrow(out, step, ofStep.call(last, to), to + " = " + last);
            narrow(out, step, ofStep.call(from, from + " + " + step), from + " += " + step);
            out.close();
        });
    }

    private void leave(JavaText out) {
        sparse.ifPresent(s -> out.line(s.left + " = true;"));
    }

    private Test test(String suffix, ScalarExpr truth) {
        return tests.computeIfAbsent(truth, t -> new Test(suffix, t));
    }

    private void narrow(JavaText out, int by, String somewhere, String step) {
        out.open("while (" + KernelScope.to(looped) + " - " + KernelScope.from(looped) + " > " + by + " && !"
                + somewhere + ")");
        leave(out);
        out.line(step + ";");
        out.close();
    }

    /** Writes a body for each part of the block in which the mask is not known to be true everywhere. */
    void inParts(int step, JavaText out, Runnable body) {
        BlockMask found = scope.kernel().overStep(mask, corners);
        if (!found.isKnown()) {
            body.run();
            return;
        }
        String from = KernelScope.from(looped);
        String to = KernelScope.to(looped);
        String first = scope.locals().fresh(from + "First");
        String last = scope.locals().fresh(to + "Last");
        out.line("int " + first + " = " + from + ", " + last + " = " + to + ";");
        out.open("for (; " + from + " < " + last + "; " + from + " = " + to + ")");
        out.line(to + " = Math.min((" + from + " / " + step + " + 1) * " + step + ", " + last + ");");
        out.open("if (!" + test("_everywhereInStep", found.everywhere()).call(from, to) + ")");
        body.run();
        out.close().close();
        out.line(from + " = " + first + ";");
    }

    private BlockMask.Range corners(Axis axis) {
        ScalarExpr end = new ScalarExpr.Variable(KernelScope.to(axis), DType.I64);
        return new BlockMask.Range(
                new ScalarExpr.Variable(KernelScope.from(axis), DType.I64),
                ScalarExpr.apply(ScalarFn.SUB, end, ScalarExpr.of(1)));
    }

    /** A method that tells something of a block. */
    private final class Test {
        private final String call;

        Test(String suffix, ScalarExpr truth) {
            List<String> ends = new ArrayList<>();
            axes.forEach(a -> ends.addAll(List.of(KernelScope.from(a), KernelScope.to(a))));
            KernelScope.Part part = scope.part(suffix, "boolean", new Captures().add(truth), ends);
            for (Axis a : axes) {
                part.locals().bind(KernelScope.from(a), new Locals.Value(KernelScope.from(a), false));
                part.locals().bind(KernelScope.to(a), new Locals.Value(KernelScope.to(a), false));
            }
            String value = new ScalarCode(part.locals(), scope.support(), part.text()).of(truth);
            part.text().line("return " + value + ";").close().allAbout(mask);
            call = part.call();
        }

        /** The call for a block of the looped axis, whose ends are the last arguments. */
        String call(String from, String to) {
            String ends = KernelScope.from(looped) + ", " + KernelScope.to(looped) + ")";
            return call.substring(0, call.length() - ends.length()) + from + ", " + to + ")";
        }
    }
}
