package heddle.compiler.target.jvm;

import heddle.compiler.tile.Buffer;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarExpr.Apply;
import heddle.compiler.tile.ScalarExpr.Element;
import heddle.compiler.tile.ScalarFn;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.ValueNumbers;
import heddle.compiler.type.DType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Scalar programs as vector code: one step of a loop along an axis, a vector of neighbouring indexes at a time. Values
 * that the vectors cannot hold or compute are computed lane by lane, as scalars.
 */
final class VectorCode {
    private final Lanes lanes;
    private final LaneLoop loop;
    private final Locals locals;
    private final JavaText out;
    private final String at;

    /** Lanes that are inside the axis; empty when all are. */
    private final Optional<String> tail;

    private final ValueNumbers numbers = new ValueNumbers();
    private Map<Integer, String> computed = new HashMap<>();
    private final Map<Integer, ScalarExpr> programs = new HashMap<>();

    /** Lanes for which memory may be read. */
    private Optional<String> guard;

    /** Whether {@link #guard} comes from a condition in the program. */
    private boolean conditional;

    /**
     * @param at   the index of the first lane: an {@code int} expression
     * @param tail a mask of the lanes that are inside the axis, when some are not
     */
    VectorCode(LaneLoop loop, Locals locals, JavaText out, String at, Optional<String> tail) {
        this.loop = loop;
        this.lanes = loop.lanes();
        this.locals = locals;
        this.out = out;
        this.at = at;
        this.tail = tail;
        this.guard = tail;
    }

    /** Code for the same lanes in the body of a loop within the step. */
    VectorCode within(LaneLoop nested, Locals inner, JavaText body) {
        return new VectorCode(nested, inner, body, at, tail);
    }

    Optional<String> tail() {
        return tail;
    }

    JavaText out() {
        return out;
    }

    Locals locals() {
        return locals;
    }

    /** The name of a vector, or for bools of a mask, that holds the program's value in each lane. */
    String of(ScalarExpr e) {
        int number = numbers.of(e);
        String known = computed.get(number);
        if (known == null) {
            known = compute(e);
            computed.put(number, known);
            programs.put(number, e);
        }
        return known;
    }

    /** Whether the value differs from lane to lane. */
    boolean varies(ScalarExpr e) {
        return switch (e) {
            case ScalarExpr.Index i -> i.axis().equals(loop.axis());
            case ScalarExpr.Variable v -> locals.value(v.name()).vector();
            case Element x -> varies(x.address());
            case Apply a -> a.args().stream().anyMatch(this::varies);
            default -> false;
        };
    }

    private String compute(ScalarExpr e) {
        if (!varies(e)) {
            boolean spread = e.type() == DType.BOOL || lanes.hold(e.type());
            if (!spread || conditional && Captures.reads(e)) {
                return laneByLane(e);
            }
            return loop.invariants().spread(e);
        }
        if (e.type() != DType.BOOL && !lanes.hold(e.type())) {
            throw new IllegalStateException(e.type() + " values do not fit into " + lanes.vector());
        }
        return switch (e) {
            case ScalarExpr.Variable v -> locals.value(v.name()).name();
            case Element x -> load(x);
            case Apply a -> e.type() == DType.BOOL ? mask(a) : vector(a);
            default -> throw new AssertionError(e);
        };
    }

    // ---- memory

    private String load(Element x) {
        Optional<Addresses.Position> position = loop.addresses().of(x, at, conditional);
        boolean isMask = x.type() == DType.BOOL;
        if (position.isEmpty() || isMask && guard.isPresent()) {
            return laneByLane(x);
        }
        if (!position.get().step().is(1)) {
            // The Vector API checks the places of all lanes of a gather, of those that are masked out too.
            return isMask || guard.isPresent() ? laneByLane(x) : gather(x, position.get());
        }
        String from = locals.array(x.buffer()).array() + ", " + position.get().text();
        return isMask
                ? declareMask("VectorMask.fromArray(" + lanes.species() + ", " + from + ")")
                : declare(
                        x.buffer().name(),
                        lanes.vector() + ".fromArray(" + lanes.species() + ", " + from
                                + guard.map(m -> ", " + m).orElse("") + ")");
    }

    private String gather(Element x, Addresses.Position position) {
        String map = loop.steps(position.step());
        String from = locals.array(x.buffer()).array() + ", " + position.text();
        return declare(
                x.buffer().name(),
                lanes.vector() + ".fromArray(" + lanes.species() + ", " + from + ", " + map + ", 0)");
    }

    /** Writes a store of neighbouring elements. */
    void store(Stmt.Store s) {
        String value = of(s.value());
        if (s.buffer().type().dtype().bytes() == 2) {
            value = of(new Apply(ScalarFn.CAST, s.buffer().type().dtype(), List.of(asVariable(s.value()))));
        }
        String position = loop.addresses()
                .of(new Element(s.buffer(), s.address()), at, false)
                .orElseThrow()
                .text();
        out.line(value + ".intoArray(" + locals.array(s.buffer()).array() + ", " + position
                + tail.map(m -> ", " + m).orElse("") + ");");
        remember(new Element(s.buffer(), s.address()), value);
    }

    /** What was stored need not be loaded again, and what was computed from what was there before is out of date. */
    private void remember(Element stored, String value) {
        computed.keySet().removeIf(number -> reads(programs.get(number), stored.buffer()));
        int number = numbers.of(stored);
        computed.put(number, value);
        programs.put(number, stored);
    }

    private static boolean reads(ScalarExpr program, Buffer buffer) {
        return new Captures().add(program).buffers().contains(buffer);
    }

    // ---- values

    private String vector(Apply e) {
        return switch (e.fn()) {
            case SELECT -> select(e);
            case CAST -> cast(e);
            case SIGN -> sign(e);
            case POW -> power(e);
            case FLOOR_DIV ->
                of(new Apply(ScalarFn.FLOOR, e.type(), List.of(new Apply(ScalarFn.DIV, e.type(), e.args()))));
            case NEG, ABS, SQRT -> declare("v", arg(e, 0) + "." + e.fn().text() + "()");
            case RSQRT -> declare("v", one() + ".div(" + arg(e, 0) + ".sqrt())");
            case ADD, SUB, MUL, DIV, MIN, MAX -> declare("v", arg(e, 0) + "." + e.fn().text() + "(" + arg(e, 1) + ")");
            default -> function(e);
        };
    }

    private String function(Apply e) {
        Optional<String> template = lanes.element().equals("float") ? VectorMath.template(e.fn()) : Optional.empty();
        if (template.isEmpty() || e.args().size() > 1) {
            return laneByLane(e);
        }
        String x = arg(e, 0);
        String name = locals.fresh(e.fn().text());
        out.line(VectorMath.expand(template.get(), x, name, locals));
        return name;
    }

    private String sign(Apply e) {
        String x = arg(e, 0);
        return declare(
                "v",
                x + ".blend(1, " + x + ".compare(VectorOperators.GT, 0)).blend(-1, " + x
                        + ".compare(VectorOperators.LT, 0))");
    }

    /** Small whole powers are products. */
    private String power(Apply e) {
        if (!(e.args().getLast() instanceof ScalarExpr.Literal exponent)) {
            return laneByLane(e);
        }
        String x = arg(e, 0);
        if (exponent.value() == 2) {
            return declare("v", x + ".mul(" + x + ")");
        }
        return exponent.value() == 3 ? declare("v", x + ".mul(" + x + ").mul(" + x + ")") : laneByLane(e);
    }

    private String cast(Apply e) {
        ScalarExpr from = e.args().getFirst();
        if (e.type() == DType.F16 || e.type() == DType.BF16) {
            return laneByLane(e);
        }
        if (from.type() == DType.BOOL) {
            return declare("v", lanes.vector() + ".zero(" + lanes.species() + ").blend(1, " + of(from) + ")");
        }
        return lanes.hold(from.type()) ? of(from) : laneByLane(e);
    }

    private String select(Apply e) {
        String condition = of(e.args().getFirst());
        String whenTrue = branch(e.args().get(1), condition);
        String whenFalse = branch(e.args().get(2), condition + ".not()");
        if (e.type() != DType.BOOL) {
            return declare("v", whenFalse + ".blend(" + whenTrue + ", " + condition + ")");
        }
        return declareMask(whenTrue + ".and(" + condition + ").or(" + whenFalse + ".andNot(" + condition + "))");
    }

    /** A value that is only wanted where {@code condition} holds, and only there may read memory. */
    private String branch(ScalarExpr e, String condition) {
        if (!Captures.reads(e)) {
            return of(e);
        }
        Optional<String> outerGuard = guard;
        boolean outerConditional = conditional;
        Map<Integer, String> outerComputed = computed;
        computed = new HashMap<>(outerComputed);
        guard = Optional.of(
                declareMask(guard.map(g -> g + ".and(" + condition + ")").orElse(condition)));
        conditional = true;
        String value = of(e);
        guard = outerGuard;
        conditional = outerConditional;
        computed = outerComputed;
        return value;
    }

    // ---- masks

    private String mask(Apply e) {
        return switch (e.fn()) {
            case AND -> declareMask(arg(e, 0) + ".and(" + arg(e, 1) + ")");
            case OR -> declareMask(arg(e, 0) + ".or(" + arg(e, 1) + ")");
            case XOR -> declareMask(arg(e, 0) + ".xor(" + arg(e, 1) + ")");
            case NOT -> declareMask(arg(e, 0) + ".not()");
            case SELECT -> select(e);
            case EQ, NE, LT, LE, GT, GE -> compare(e);
            case CAST ->
                lanes.hold(e.args().getFirst().type())
                        ? declareMask(arg(e, 0) + ".compare(VectorOperators.NE, 0)")
                        : laneByLane(e);
            default -> laneByLane(e);
        };
    }

    private String compare(Apply e) {
        DType type = e.args().getFirst().type();
        if (lanes.hold(type)) {
            return declareMask(arg(e, 0) + ".compare(VectorOperators." + e.fn() + ", " + arg(e, 1) + ")");
        }
        if (type == DType.I64 && lanes.element().equals("float")) {
            Optional<String> mask = loop.indexComparison(e, at);
            if (mask.isPresent()) {
                return declareMask(mask.get());
            }
        }
        return laneByLane(e);
    }

    // ---- lane by lane

    /** Computes each lane as a scalar, by way of a small array. */
    private String laneByLane(ScalarExpr program) {
        ScalarExpr e = program instanceof Apply a && a.fn() != ScalarFn.SELECT ? overVectors(a) : program;
        boolean isMask = e.type() == DType.BOOL;
        String array = loop.scratch(isMask ? "boolean" : lanes.element());
        String lane = locals.fresh("lane");
        Locals inner = locals.block();
        inner.bind(loop.axis(), "(long) (" + at + " + " + lane + ")");
        spill(e, lane, inner, new HashSet<>());
        out.open("for (int " + lane + " = 0; " + lane + " < " + lanes.count() + "; " + lane + "++)");
        String value;
        if (guard.isPresent()) {
            out.line(array + "[" + lane + "] = " + (isMask ? "false" : "0") + ";");
            out.open("if (" + guard.get() + ".laneIsSet(" + lane + "))");
            value = new ScalarCode(inner, loop.support(), out).of(e);
            out.line(array + "[" + lane + "] = " + value + ";");
            out.close();
        } else {
            value = new ScalarCode(inner, loop.support(), out).of(e);
            out.line(array + "[" + lane + "] = " + value + ";");
        }
        out.close();
        return isMask
                ? declareMask("VectorMask.fromArray(" + lanes.species() + ", " + array + ", 0)")
                : declare("v", lanes.vector() + ".fromArray(" + lanes.species() + ", " + array + ", 0)");
    }

    /** {@code e} with arguments that vectors can hold computed as vectors, and only the function lane by lane. */
    private ScalarExpr overVectors(Apply e) {
        if (!e.args().stream().allMatch(a -> lanes.hold(a.type()) && varies(a))) {
            return e;
        }
        return new Apply(
                e.fn(), e.type(), e.args().stream().map(this::asVariable).toList());
    }

    private ScalarExpr asVariable(ScalarExpr e) {
        String vector = of(e);
        locals.bind(vector, new Locals.Value(vector, true));
        return new ScalarExpr.Variable(vector, e.type());
    }

    /** Makes the vectors that {@code e} reads readable lane by lane. */
    private void spill(ScalarExpr e, String lane, Locals inner, Set<String> done) {
        switch (e) {
            case ScalarExpr.Variable v -> {
                if (locals.value(v.name()).vector() && done.add(v.name())) {
                    String array = loop.scratch(v.type() == DType.BOOL ? "boolean" : lanes.element());
                    out.line(locals.value(v.name()).name() + ".intoArray(" + array + ", 0);");
                    inner.bind(v.name(), new Locals.Value(array + "[" + lane + "]", false));
                }
            }
            case Element x -> spill(x.address(), lane, inner, done);
            case Apply a -> a.args().forEach(x -> spill(x, lane, inner, done));
            default -> {}
        }
    }

    // ---- names

    private String arg(Apply e, int i) {
        return of(e.args().get(i));
    }

    private String one() {
        return lanes.vector() + ".broadcast(" + lanes.species() + ", 1)";
    }

    private String declare(String wish, String value) {
        String name = locals.fresh(wish);
        out.line(lanes.vector() + " " + name + " = " + value + ";");
        return name;
    }

    private String declareMask(String value) {
        String name = locals.fresh("m");
        out.line(lanes.mask() + " " + name + " = " + value + ";");
        return name;
    }
}
