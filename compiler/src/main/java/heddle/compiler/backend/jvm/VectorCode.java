package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.Captures;
import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.ScalarSource;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Memo;
import heddle.compiler.scalar.Needed;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ValueNumbers;
import heddle.compiler.scheduled.Action;
import heddle.compiler.type.DType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes scalar programs as vector code: one step of a loop along an axis, for a vector of neighbouring indices. Values
 * that vectors cannot hold or compute are computed lane by lane, as scalars.
 */
final class VectorCode {
    private final Lanes lanes;
    private final LaneLoop loop;
    private final Locals locals;
    private final JavaText out;
    private final String at;

    private final Optional<String> tail;

    private final ValueNumbers numbers = new ValueNumbers();
    private final Memo<Boolean> varying = new Memo<>(this::computeVaries);
    private Map<Integer, String> computed = new HashMap<>();
    private final Map<Integer, ScalarExpr> programs = new HashMap<>();
    private final Needed needed = new Needed();

    private Optional<String> guard;

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

    LaneLoop loop() {
        return loop;
    }

    Lanes lanes() {
        return lanes;
    }

    /** The index of the first lane. */
    String at() {
        return at;
    }

    /** A mask of the lanes that are inside the axis; empty when all are. */
    Optional<String> tail() {
        return tail;
    }

    /** A mask of the lanes for which memory may be read; empty when it may for all. */
    Optional<String> guard() {
        return guard;
    }

    /** Whether the guard comes from a condition in the program, so that nothing may be read ahead of it. */
    boolean isConditional() {
        return conditional;
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

    /** Computes {@code e} and gives a variable that stands for its vector in other programs. */
    ScalarExpr asVariable(ScalarExpr e) {
        String vector = of(e);
        locals.bind(vector, new Locals.Value(vector, true));
        return new ScalarExpr.Variable(vector, e.type());
    }

    /** Whether the value differs from lane to lane. */
    boolean varies(ScalarExpr e) {
        return varying.of(e);
    }

    private boolean computeVaries(ScalarExpr e) {
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
            if (!spread || conditional && ScalarExprs.readsMemory(e)) {
                return new LaneByLane(this).of(e);
            }
            return loop.invariants().spread(e);
        }
        if (e.type() != DType.BOOL && !lanes.hold(e.type())) {
            throw new IllegalStateException(e.type() + " values do not fit into " + lanes.vector());
        }
        return switch (e) {
            case ScalarExpr.Variable v -> locals.value(v.name()).name();
            case Element x -> new VectorMemory(this).load(x);
            case Apply a -> e.type() == DType.BOOL ? new MaskFunctions(this).of(a) : new VectorFunctions(this).of(a);
            default -> throw new AssertionError(e);
        };
    }

    /** Writes a store of neighbouring elements. */
    void store(Action.Store s) {
        String stored = new VectorMemory(this).store(s);
        remember(new Element(s.to(), s.address()), stored);
    }

    /** After a store: the stored value need not be loaded again; values computed from the old one are out of date. */
    private void remember(Element stored, String vector) {
        computed.keySet().removeIf(number -> reads(programs.get(number), stored.buffer()));
        int number = numbers.of(stored);
        computed.put(number, vector);
        programs.put(number, stored);
    }

    /** Whether a buffer is a worker's memory, of which any element may be read at any time. */
    boolean isLocal(Buffer buffer) {
        return locals.array(buffer).isLocal();
    }

    private static boolean reads(ScalarExpr program, Buffer buffer) {
        return new Captures().add(program).buffers().contains(buffer);
    }

    /** One of two values in each lane; each side is computed where it may be wanted. */
    String select(Apply e) {
        String condition = of(e.args().getFirst());
        if (e.args().stream().skip(1).anyMatch(ScalarSource::isLong)) {
            needed.ofBoth(e).stream().filter(this::isHeld).forEach(this::of);
        }
        String whenTrue = branch(e.args().get(1), condition);
        String whenFalse = branch(e.args().get(2), condition + ".not()");
        if (e.type() != DType.BOOL) {
            return declare("select", whenFalse + ".blend(" + whenTrue + ", " + condition + ")");
        }
        return declareMask(whenTrue + ".and(" + condition + ").or(" + whenFalse + ".andNot(" + condition + "))");
    }

    private boolean isHeld(ScalarExpr e) {
        return varies(e) && (e.type() == DType.BOOL || lanes.hold(e.type()));
    }

    /** A value that is only wanted where {@code condition} holds, and only there may read memory. */
    private String branch(ScalarExpr e, String condition) {
        if (!ScalarExprs.any(e, x -> x instanceof Element el && !isLocal(el.buffer()))) {
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

    /** A new vector. */
    String declare(String wish, String value) {
        String name = locals.fresh(wish);
        out.line(lanes.vector() + " " + name + " = " + value + ";");
        return name;
    }

    /** A new mask. */
    String declareMask(String value) {
        String name = locals.fresh("m");
        out.line(lanes.mask() + " " + name + " = " + value + ";");
        return name;
    }
}
