package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.Names;
import heddle.compiler.backend.jvm.product.FiniteCheck;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.Level;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.scheduled.Span;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes actions, one index at a time; {@link LaneCode} writes what stands in loops over lanes.
 *
 * @param partials  vectors of partial results, by what they are folded to
 * @param first     what is done otherwise the first time, where actions may run twice
 * @param mask      of the innermost loop over blocks that has one
 */
record ActionCode(
        KernelScope scope,
        TileOffsets offsets,
        JavaText out,
        ScalarCode.Positions positions,
        Map<Variable, List<String>> partials,
        First first,
        Optional<MaskCode> mask) {
    /** @param plain the variable that tells whether this is the first time */
    private record Unchecked(PlacedTile sums, String plain) {}

    /**
     * @param unchecked sums to which products are added without looking for zeros
     * @param sparse    the variables for blocks that hold nothing but filled scores
     */
    private record First(Optional<Unchecked> unchecked, Optional<MaskCode.Sparse> sparse) {
        static final First NOTHING = new First(Optional.empty(), Optional.empty());
    }

    /** Code of a method. */
    private static ActionCode in(KernelScope scope, TileOffsets offsets, JavaText out) {
        return new ActionCode(
                scope, offsets, out, ScalarCode.NO_POSITIONS, new HashMap<>(), First.NOTHING, Optional.empty());
    }

    /** Code of an entry method. @param out where the body of its loop over blocks is written */
    static ActionCode entry(KernelScope scope, TileOffsets offsets, JavaText out) {
        offsets.declare(scope, out);
        return in(scope, offsets, out);
    }

    void write(List<Action> actions) {
        actions.forEach(action -> out.about(action, () -> write(action)));
    }

    private void write(Action action) {
        switch (action) {
            case Action.For f -> loop(f);
            case Action.Let l -> declare(l.variable(), code().of(l.value()));
            case Action.Begin b -> begin(b);
            case Action.Fold f -> fold(f);
            case Action.Exchange e -> exchange(e);
            case Action.Store s -> code().store(s);
            case Action.Add a -> code().store(a.stored());
            case Action.Fill f -> fill(f);
            case Action.Method m -> method(m);
            case Action.Product p -> scope.members().about(p, () -> product(p));
            case Action.Turn t -> scope.members().about(t, () -> TurnMethods.write(t, scope, out));
            case Action.Blocks b -> blocks(b);
            case Action.Checked c -> checked(c);
            case Action.Sparse s -> sparse(s);
            case Action.Partial p -> partial(p);
            default -> throw new IllegalStateException("not an action of a processor: " + action);
        }
    }

    /** Code for one action; what one stores, the next reads anew. */
    private ScalarCode code() {
        return new ScalarCode(scope.locals(), scope.support(), out, positions);
    }

    private void declare(Variable variable, String value) {
        String name = scope.locals().fresh(variable.name());
        scope.locals().bind(variable.name(), new Locals.Value(name, false));
        out.line(Locals.type(variable.type()) + " " + name + " = " + value + ";");
    }

    private Lanes lanes(Level.Lanes level) {
        return Lanes.of(level.element(), scope.target()).orElseThrow();
    }

    private void begin(Action.Begin b) {
        String neutral = code().of(ScalarExprs.neutral(b.kind(), b.result().type()));
        if (!(b.across() instanceof Level.Lanes level)) {
            declare(b.result(), neutral);
            return;
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < level.registers(); i++) {
            String name = scope.locals().fresh("acc" + i);
            names.add(name);
            out.line(lanes(level).vector() + " " + name + " = " + lanes(level).broadcast(neutral) + ";");
        }
        partials.put(b.result(), names);
    }

    private void fold(Action.Fold f) {
        DType type = f.result().type();
        ScalarExpr next =
                new ScalarExpr.Apply(ScalarMath.combine(f.kind(), type), type, List.of(f.result(), f.value()));
        out.line(scope.locals().value(f.result().name()).name() + " = " + code().of(next) + ";");
    }

    private void exchange(Action.Exchange e) {
        if (e.across() instanceof Level.Several) {
            return; // Single numbers are folded in order.
        }
        if (!(e.across() instanceof Level.Lanes level)) {
            throw new IllegalStateException("nothing to exchange: " + e);
        }
        ScalarFn fn = ScalarMath.combine(e.kind());
        String vector = tree(fn, partials.remove(e.result()));
        scope.locals().bind(e.result().name(), new Locals.Value(acrossLanes(lanes(level), fn, vector), false));
    }

    private static String tree(ScalarFn fn, List<String> values) {
        if (values.size() == 1) {
            return values.getFirst();
        }
        int half = values.size() / 2;
        return tree(fn, values.subList(0, half)) + "." + fn.text() + "(" + tree(fn, values.subList(half, values.size()))
                + ")";
    }

    /**
     * The scalar that the lanes of a vector fold to. The Vector API leaves the order of additions and multiplications open,
     * and the interpreter and the compilers of HotSpot choose different ones, so the tree of lanes is written out.
     */
    private String acrossLanes(Lanes lanes, ScalarFn fn, String vector) {
        if (fn == ScalarFn.MIN || fn == ScalarFn.MAX) {
            return vector + ".reduceLanes(VectorOperators." + fn + ")";
        }
        String folded = scope.locals().fresh("folded");
        out.line(lanes.vector() + " " + folded + " = " + vector + ";");
        for (int half : lanes.halves()) {
            String turned = folded + ".rearrange(" + scope.members().turn(lanes, half) + ")";
            out.line(folded + " = " + folded + "." + fn.text() + "(" + turned + ");");
        }
        return folded + ".lane(0)";
    }

    private void loop(Action.For f) {
        JavaText before = out.apart();
        JavaText text = out.apart();
        Locals inner = scope.locals().block();
        Ends ends = ends(f.axis(), f.span());
        switch (f.level()) {
            case Level.Lanes level -> {
                LaneLoop loop = new LaneLoop(lanes(level), f.axis(), inner, scope.support(), before);
                loop.write(text, ends, level.registers(), codes -> new LaneCode(loop, codes, partials).write(f.body()));
            }
            default -> {
                String index = inner.fresh(f.axis().name());
                text.open("for (int " + index + " = " + ends.from() + "; " + index + " < " + ends.to() + "; " + index
                        + "++)");
                inner.bind(f.axis(), "(long) " + index);
                Addresses addresses = new Addresses(f.axis(), inner, scope.support(), before);
                ScalarCode.Positions along =
                        (x, conditional) -> addresses.of(x, index, conditional).map(Addresses.Position::text);
                new ActionCode(scope.with(inner), offsets, text, along, partials, First.NOTHING, Optional.empty())
                        .write(f.body());
                text.close();
            }
        }
        out.append(before).append(text);
    }

    private Ends ends(Axis axis, Span span) {
        return switch (span) {
            case Span.Between b -> new Ends(number(axis, b.from()), number(axis, b.to()), Ends.UNKNOWN);
            default -> Ends.of(axis, span);
        };
    }

    /** An index as a variable. */
    private String number(Axis axis, ScalarExpr e) {
        String value = code().of(e);
        if (value.matches("\\d+L?")) {
            return value.replace("L", "");
        }
        String name = scope.locals().fresh(axis.name() + "End");
        out.line("int " + name + " = (int) " + ScalarCode.operand(value) + ";");
        return name;
    }

    private void fill(Action.Fill f) {
        DType type = Precision.computed(f.tile().buffer().type().dtype());
        String value = type.isFloat() ? code().of(new ScalarExpr.Literal(type, f.value())) : "0";
        Locals.Array array = scope.locals().array(f.tile().buffer());
        String from = array.start();
        String end = from.equals("0") ? elements(f.tile()) : from + " + " + elements(f.tile());
        out.line("Arrays.fill(" + array.array() + ", " + from + ", " + end + ", " + value + ");");
    }

    private String elements(PlacedTile tile) {
        return tile.row().map(r -> ScalarCode.operand(scope.length(r)) + " * ").orElse("") + tile.width();
    }

    private void method(Action.Method m) {
        KernelScope.Part part = scope.part(m);
        JavaText text = part.text();
        in(scope.with(part.locals()), offsets, text).write(m.body());
        m.result()
                .ifPresent(
                        r -> text.line("return " + part.locals().value(r.name()).name() + ";"));
        text.close().allAbout(m);
        if (m.result().isPresent()) {
            declare(m.result().get(), part.call());
        } else {
            out.line(part.call() + ";");
        }
    }

    private void blocks(Action.Blocks b) {
        Axis axis = b.axis();
        String from = KernelScope.from(axis);
        String to = KernelScope.to(axis);
        KernelScope inner = scope.within(axis);
        boolean all = b.span() instanceof Span.Whole
                && axis.extent().isKnown()
                && axis.extent().value() <= b.size()
                && b.mask().isEmpty();
        if (all) {
            out.line("int " + from + " = 0;");
            out.line("int " + to + " = " + KernelScope.extent(axis) + ";");
            within(inner, first, Optional.empty()).write(b.body());
            return;
        }
        Ends ends = ends(axis, b.span());
        String block = scope.locals().fresh(Names.identifier(axis.name() + "Block"));
        out.open("for (int " + block + " = " + ends.from() + "; " + block + " < " + ends.to() + "; " + block + " += "
                + b.size() + ")");
        out.line("int " + from + " = " + block + ", " + to + " = Math.min(" + from + " + " + b.size() + ", " + ends.to()
                + ");");
        Optional<MaskCode> code = b.mask().map(mask -> new MaskCode(inner, axis, mask, first.sparse));
        code.ifPresent(c -> out.about(b.mask().get(), () -> c.write(out)));
        within(inner, first, code).write(b.body());
        out.close();
    }

    private void checked(Action.Checked c) {
        String plain = scope.locals().fresh("plain");
        out.open("for (boolean " + plain + " = true; ; " + plain + " = false)");
        within(scope, new First(Optional.of(new Unchecked(c.sums(), plain)), first.sparse), Optional.empty())
                .write(c.body());
        Buffer sums = c.sums().buffer();
        Locals.Array array = scope.locals().array(sums);
        String isFinite = new FiniteCheck(sums.type().dtype(), scope.target(), scope.members())
                .of(elements(c.sums()), array.array(), array.start());
        out.open("if (!" + plain + " || " + isFinite + ")");
        out.line("break;").close().close();
    }

    private void sparse(Action.Sparse s) {
        String sparse = scope.locals().fresh("sparse");
        out.open("for (boolean " + sparse + " = true; ; " + sparse + " = false)");
        String left = scope.locals().fresh("left");
        out.line("boolean " + left + " = false;");
        within(scope, new First(first.unchecked, Optional.of(new MaskCode.Sparse(sparse, left))), Optional.empty())
                .write(s.body());
        PlacedTile greatest = s.greatest();
        Locals.Array array = scope.locals().array(greatest.buffer());
        DType type = Precision.computed(greatest.buffer().type().dtype());
        String areAbove = scope.members()
                .shared(
                        List.of("areAbove", type),
                        "areAbove",
                        "Whether {@code length} elements are above a bound, none of them NaN.",
                        "boolean",
                        Locals.type(type) + "[] a, int at, int length, " + Locals.type(type) + " bound",
                        text -> {
                            text.open("for (int n = 0; n < length; n++)");
                            text.open("if (!(a[at + n] > bound))")
                                    .line("return false;")
                                    .close()
                                    .close();
                            text.line("return true;");
                        });
        String bound = code().of(new ScalarExpr.Literal(type, s.above()));
        out.open("if (!" + left + " || " + areAbove + "(" + array.array() + ", " + array.start() + ", "
                + scope.length(greatest.lane()) + ", " + bound + "))");
        out.line("break;").close().close();
    }

    private void product(Action.Product p) {
        Optional<String> plain =
                first.unchecked.filter(u -> u.sums.equals(p.sums())).map(Unchecked::plain);
        new ProductCode(scope, out).write(p, plain);
    }

    private void partial(Action.Partial p) {
        out.open("if (!full)");
        if (p.step().isPresent() && mask.isPresent()) {
            mask.get().inParts(p.step().getAsInt(), out, () -> write(p.body()));
        } else {
            write(p.body());
        }
        out.close();
    }

    private ActionCode within(KernelScope inner, First time, Optional<MaskCode> masked) {
        offsets.declare(inner, out);
        KernelScope block = inner.with(inner.locals().block());
        return new ActionCode(block, offsets, out, positions, partials, time, masked);
    }
}
