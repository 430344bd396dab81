package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the actions of one step of a loop over lanes, for neighbouring vectors side by side. */
final class LaneCode {
    private final LaneLoop loop;
    private final List<VectorCode> codes;

    /** The text that all of them write. */
    private final JavaText out;

    /** Partial results that began before the loop: a vector for each of the codes. */
    private final Map<Variable, List<String>> outer;

    /** Results that began in this step. */
    private final Map<Variable, List<String>> begun;

    /** Partial results, for those of which each code has several: of the first code, of the second, and so on. */
    private final Map<Variable, List<List<String>>> several = new HashMap<>();

    LaneCode(LaneLoop loop, List<VectorCode> codes, Map<Variable, List<String>> outer) {
        this(loop, codes, outer, new HashMap<>());
    }

    private LaneCode(
            LaneLoop loop,
            List<VectorCode> codes,
            Map<Variable, List<String>> outer,
            Map<Variable, List<String>> begun) {
        this.loop = loop;
        this.codes = codes;
        this.out = codes.getFirst().out();
        this.outer = outer;
        this.begun = begun;
    }

    void write(List<Action> actions) {
        codes.forEach(code -> code.expect(actions));
        actions.forEach(action -> {
            codes.forEach(code -> code.uses().begin(action));
            out.about(action, () -> write(action));
        });
    }

    private void write(Action action) {
        switch (action) {
            case Action.For f -> {
                if (f.level() instanceof Level.Several s) {
                    downSeveral(f, s.n());
                } else {
                    down(f);
                }
            }
            case Action.Exchange e -> exchange(e);
            case Action.Let l -> codes.forEach(code -> code.let(l.variable(), l.value()));
            case Action.Begin b -> begin(b);
            case Action.Fold f -> {
                for (int copy = 0; copy < codes.size(); copy++) {
                    fold(codes.get(copy), f, copy);
                }
            }
            case Action.Store s -> codes.forEach(code -> code.store(s));
            case Action.Add a -> codes.forEach(code -> code.store(a.stored()));
            default -> throw new IllegalStateException("not in a loop over lanes: " + action);
        }
    }

    private void begin(Action.Begin b) {
        int count = b.across() instanceof Level.Several s ? s.n() : 1;
        List<List<String>> all = new ArrayList<>();
        String neutral = loop.literal(ScalarExprs.neutral(b.kind(), b.result().type()));
        for (VectorCode code : codes) {
            List<String> names = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                String name = code.locals().fresh(b.result().name());
                out.line(loop.lanes().vector() + " " + name + " = "
                        + loop.lanes().broadcast(neutral) + ";");
                names.add(name);
            }
            all.add(names);
            code.locals().bind(b.result().name(), new Locals.Value(names.getFirst(), true));
        }
        several.put(b.result(), all);
        begun.put(b.result(), all.stream().map(List::getFirst).toList());
    }

    /** Makes one of the partial results of each code. */
    private void exchange(Action.Exchange e) {
        String function = "." + ScalarMath.combine(e.kind()).text() + "(";
        for (int copy = 0; copy < codes.size(); copy++) {
            List<String> names = several.get(e.result()).get(copy);
            VectorCode code = codes.get(copy);
            if (names.size() > 1) {
                String all =
                        names.stream().reduce((a, b) -> a + function + b + ")").orElseThrow();
                out.line(names.getFirst() + " = " + all + ";");
            }
        }
    }

    private void fold(VectorCode code, Action.Fold f, int copy) {
        String value = f.ignoresNaN() ? code.named(f.value()) : code.of(f.value());
        List<String> own = begun.get(f.result());
        if (own != null) {
            String result = own.get(copy);
            out.line(result + " = " + folded(f, result, value) + ";");
            return;
        }
        // The lanes of the last step that are outside the axis must not count.
        String result = outer.get(f.result()).get(copy);
        String folded = code.tail()
                .map(tail -> f.ignoresNaN()
                        ? result + ".blend(" + folded(f, result, value) + ", " + tail + ")"
                        : result + ".lanewise(VectorOperators." + ScalarMath.combine(f.kind()) + ", " + value + ", "
                                + tail + ")")
                .orElseGet(() -> folded(f, result, value));
        out.line(result + " = " + folded + ";");
    }

    /** Two vectors as one. Where an extreme may pass NaN over, half as many instructions do. */
    private static String folded(Action.Fold f, String sofar, String next) {
        ScalarFn fn = ScalarMath.combine(f.kind());
        boolean extreme = fn == ScalarFn.MAX || fn == ScalarFn.MIN;
        String comparison = fn == ScalarFn.MAX ? "LT" : "GT";
        return f.ignoresNaN() && extreme
                ? sofar + ".blend(" + next + ", " + sofar + ".compare(VectorOperators." + comparison + ", " + next
                        + "))"
                : sofar + "." + fn.text() + "(" + next + ")";
    }

    /** Writes a loop down the columns. */
    private void down(Action.For f) {
        Locals locals = codes.getFirst().locals().block();
        String index = locals.fresh(f.axis().name());
        Ends ends = Ends.of(f.axis(), f.span());
        out.open("for (int " + index + " = " + ends.from() + "; " + index + " < " + ends.to() + "; " + index + "++)");
        body(f, index, locals, new HashMap<>(begun));
        out.close();
    }

    /** A loop that takes several indexes in a trip, each with partial results of its own, and one for those left over. */
    private void downSeveral(Action.For f, int count) {
        Locals locals = codes.getFirst().locals().block();
        String index = locals.fresh(f.axis().name());
        Ends ends = Ends.of(f.axis(), f.span());
        out.line("int " + index + " = " + ends.from() + ";");
        out.open("for (; " + index + " + " + count + " <= " + ends.to() + "; " + index + " += " + count + ")");
        for (int n = 0; n < count; n++) {
            int number = n;
            Map<Variable, List<String>> partial = new HashMap<>(begun);
            several.forEach((result, names) -> partial.put(
                    result,
                    names.stream()
                            .map(of -> of.get(Math.min(number, of.size() - 1)))
                            .toList()));
            body(f, n == 0 ? index : index + " + " + n, locals.block(), partial);
        }
        out.close();
        out.open("for (; " + index + " < " + ends.to() + "; " + index + "++)");
        body(f, index, locals.block(), new HashMap<>(begun));
        out.close();
    }

    /** @param index of the row: an expression */
    private void body(Action.For f, String index, Locals locals, Map<Variable, List<String>> begun) {
        locals.bind(f.axis(), "(long) " + ScalarCode.operand(index));
        JavaText before = out.apart();
        JavaText text = out.apart();
        LaneLoop nested = loop.nested(locals, before);
        List<VectorCode> inner = codes.stream()
                .map(code -> row(code, nested, f.axis(), index, text))
                .toList();
        new LaneCode(nested, inner, outer, begun).write(f.body());
        out.append(before).append(text);
    }

    private static VectorCode row(VectorCode code, LaneLoop nested, Axis axis, String index, JavaText text) {
        Locals locals = code.locals().block();
        locals.bind(axis, "(long) " + ScalarCode.operand(index));
        return code.within(nested, locals, text);
    }
}
