package heddle.compiler.backend.jvm;

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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes scalar programs as vector code: one step of a loop along an axis, for a vector of neighbouring indices. Values
 * that vectors cannot hold or compute are computed lane by lane, as scalars.
 */
final class VectorCode {
    /** The most characters of an expression that is not named. */
    private static final int LONGEST = 75;

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
    private Uses uses = new Uses(List.of(), numbers);

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

    /** Says which actions will be written. */
    void expect(List<Action> actions) {
        uses = new Uses(actions, numbers);
    }

    Uses uses() {
        return uses;
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

    /** A vector, or for bools a mask, that holds the program's value in each lane: a name, or an expression that is used once. */
    String of(ScalarExpr e) {
        String known = computed.get(numbers.of(e));
        if (known != null) {
            return known;
        }
        String text = compute(e, wish(e));
        return !isName(text) && text.length() <= LONGEST && uses.isOnce(e) ? text : keep(e, wish(e), text);
    }

    /** The same, as a name where the expression and others beside it would be long. */
    String beside(ScalarExpr e, String... others) {
        String text = of(e);
        int length =
                text.length() + Arrays.stream(others).mapToInt(String::length).sum();
        return length <= LONGEST ? text : keep(e, wish(e), text);
    }

    /** The name of a vector or mask that holds the program's value in each lane. */
    String named(ScalarExpr e) {
        return named(e, wish(e));
    }

    private String named(ScalarExpr e, String wish) {
        String known = computed.get(numbers.of(e));
        return known != null ? known : keep(e, wish, compute(e, wish));
    }

    private String keep(ScalarExpr e, String wish, String text) {
        String name = isName(text) ? text : e.type() == DType.BOOL ? declareMask(text) : declare(wish, text);
        remember(e, name);
        return name;
    }

    private static boolean isName(String text) {
        return text.chars().allMatch(Character::isJavaIdentifierPart);
    }

    private static String wish(ScalarExpr e) {
        return switch (e) {
            case Element x -> x.buffer().name() + "V";
            case Apply a -> a.fn().text();
            default -> "v";
        };
    }

    private void remember(ScalarExpr e, String name) {
        int number = numbers.of(e);
        computed.put(number, name);
        programs.put(number, e);
    }

    /** An argument of a method that takes a number for all lanes, too. */
    String operand(ScalarExpr e) {
        return isVector(e) ? of(e) : loop.literal(e);
    }

    private boolean isVector(ScalarExpr e) {
        return !(e instanceof ScalarExpr.Literal && lanes.hold(e.type()));
    }

    /** Computes what is called {@code variable} from now on. */
    void let(ScalarExpr.Variable variable, ScalarExpr value) {
        locals.bind(variable.name(), new Locals.Value(named(value, variable.name()), true));
    }

    /** Computes {@code e} and gives a variable that stands for its vector in other programs. */
    ScalarExpr asVariable(ScalarExpr e) {
        String vector = named(e);
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

    /** @param wish for the name, should there be one */
    private String compute(ScalarExpr e, String wish) {
        if (!varies(e)) {
            boolean spread = e.type() == DType.BOOL || lanes.hold(e.type());
            if (!spread || conditional && ScalarExprs.readsMemory(e)) {
                return new LaneByLane(this).of(e);
            }
            return loop.spread(e);
        }
        if (e.type() != DType.BOOL && !lanes.hold(e.type())) {
            throw new IllegalStateException(e.type() + " values do not fit into " + lanes.vector());
        }
        return switch (e) {
            case ScalarExpr.Variable v -> locals.value(v.name()).name();
            case Element x -> new VectorMemory(this).load(x);
            case Apply a -> new VectorFunctions(this).of(a, wish);
            default -> throw new AssertionError(e);
        };
    }

    /** Writes a store of neighbouring elements. */
    void store(Action.Store s) {
        Element element = new Element(s.to(), s.address());
        VectorMemory memory = new VectorMemory(this);
        String stored = memory.stored(s);
        String position = memory.position(element);
        boolean once = !uses.isWantedLater(element) && out.fits(memory.store(s.to(), position, stored));
        String vector = once || isName(stored) ? stored : declare(wish(s.value()), stored);
        out.line(memory.store(s.to(), position, vector));
        // The stored value need not be loaded again; values computed from the old one are out of date.
        computed.keySet().removeIf(number -> ScalarExprs.reads(programs.get(number), s.to()));
        if (isName(vector)) {
            remember(element, vector);
        }
    }

    /** Whether a buffer is a worker's memory, of which any element may be read at any time. */
    boolean isLocal(Buffer buffer) {
        return locals.array(buffer).isLocal();
    }

    /** One of two values in each lane; each side is computed where it may be wanted. */
    String select(Apply e) {
        boolean guards = e.type() == DType.BOOL || e.args().stream().skip(1).anyMatch(this::readsOutside);
        String condition = guards ? named(e.args().getFirst()) : of(e.args().getFirst());
        if (e.args().stream().skip(1).anyMatch(ScalarSource::isLong)) {
            needed.ofBoth(e).stream().filter(this::isHeld).forEach(this::of);
        }
        ScalarExpr first = e.args().get(1);
        ScalarExpr second = e.args().get(2);
        String whenTrue = readsOutside(first) ? branch(first, condition) : operand(first);
        if (!readsOutside(second)) {
            condition = beside(e.args().getFirst(), whenTrue);
        }
        String whenFalse = readsOutside(second) ? branch(second, condition + ".not()") : beside(second, condition);
        if (isVector(first) && !readsOutside(first)) {
            whenTrue = beside(first, whenFalse, ".blend(, )", condition);
        }
        return e.type() != DType.BOOL
                ? whenFalse + ".blend(" + whenTrue + ", " + condition + ")"
                : whenTrue + ".and(" + condition + ").or(" + whenFalse + ".andNot(" + condition + "))";
    }

    private boolean isHeld(ScalarExpr e) {
        return varies(e) && (e.type() == DType.BOOL || lanes.hold(e.type()));
    }

    /** Whether the value is made of memory that not every index may be read of. */
    private boolean readsOutside(ScalarExpr e) {
        return ScalarExprs.any(e, x -> x instanceof Element el && !isLocal(el.buffer()));
    }

    /** A value that is only wanted where {@code condition} holds, and only there reads memory. */
    private String branch(ScalarExpr e, String condition) {
        Optional<String> outerGuard = guard;
        boolean outerConditional = conditional;
        Map<Integer, String> outerComputed = computed;
        computed = new HashMap<>(outerComputed);
        guard = Optional.of(
                declareMask(guard.map(g -> g + ".and(" + condition + ")").orElse(condition)));
        conditional = true;
        String value = named(e);
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
