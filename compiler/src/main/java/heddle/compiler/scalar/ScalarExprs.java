package heddle.compiler.scalar;

import heddle.compiler.type.DType;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Traverses scalar expressions. Each shared part is visited once. */
public final class ScalarExprs {
    private ScalarExprs() {}

    /** {@code e} with {@code f} applied to every part, operands first. */
    public static ScalarExpr transform(ScalarExpr e, UnaryOperator<ScalarExpr> f) {
        return transform(e, f, new IdentityHashMap<>());
    }

    private static ScalarExpr transform(ScalarExpr e, UnaryOperator<ScalarExpr> f, Map<ScalarExpr, ScalarExpr> done) {
        ScalarExpr before = done.get(e);
        if (before != null) {
            return before;
        }
        ScalarExpr rebuilt = e instanceof SharedExpr s
                ? s.with(s.operands().stream().map(x -> transform(x, f, done)).toList())
                : e;
        ScalarExpr result = f.apply(rebuilt);
        done.put(e, result);
        return result;
    }

    /** {@code e} with axes replaced by other indexes; axes that are not named stay. */
    public static ScalarExpr substitute(ScalarExpr e, Map<Axis, ScalarExpr> indexes) {
        return transform(e, x -> x instanceof ScalarExpr.Index i ? indexes.getOrDefault(i.axis(), x) : x);
    }

    /** Calls {@code visitor} with every part of {@code e}, operands first. */
    public static void visit(ScalarExpr e, Consumer<ScalarExpr> visitor) {
        visit(e, visitor, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static void visit(ScalarExpr e, Consumer<ScalarExpr> visitor, Set<ScalarExpr> seen) {
        if (seen.add(e)) {
            operands(e).forEach(x -> visit(x, visitor, seen));
            visitor.accept(e);
        }
    }

    /** The functions and elements that occur in {@code e} more than once, each after its operands. */
    public static SequencedSet<ScalarExpr> repeated(ScalarExpr e) {
        SequencedSet<ScalarExpr> parts = new LinkedHashSet<>();
        visit(e, parts::add);
        Map<ScalarExpr, Integer> uses = new HashMap<>();
        for (ScalarExpr part : parts) {
            operands(part).forEach(x -> uses.merge(x, x instanceof SharedExpr ? 1 : 0, Integer::sum));
        }
        parts.removeIf(part -> uses.getOrDefault(part, 0) < 2);
        return parts;
    }

    /** How many functions and elements {@code e} is when all of it is written out, addresses not, or {@code most} if less. */
    public static int writtenOut(ScalarExpr e, int most) {
        return new Object() {
            private final Memo<Integer> lengths = new Memo<>(this::length);

            private int length(ScalarExpr e) {
                int length = e instanceof SharedExpr ? 1 : 0;
                if (e instanceof ScalarExpr.Apply a) {
                    for (ScalarExpr arg : a.args()) {
                        length = Math.min(length + lengths.of(arg), most);
                    }
                }
                return length;
            }
        }.length(e);
    }

    /** The operands of {@code e}. */
    public static List<ScalarExpr> operands(ScalarExpr e) {
        return e instanceof SharedExpr s ? s.operands() : List.of();
    }

    /** Whether the value of {@code e} may depend on the index along {@code axis}. */
    public static boolean reads(ScalarExpr e, Axis axis) {
        return contains(e, ScalarExpr.of(axis));
    }

    /** Whether {@code e} reads an element of {@code buffer}, for its value or for an address. */
    public static boolean reads(ScalarExpr e, Buffer buffer) {
        return any(
                e,
                x -> x instanceof ScalarExpr.Element element && element.buffer().equals(buffer));
    }

    /** Whether the value of {@code e} may depend on the index along one of {@code axes}. */
    public static boolean readsAny(ScalarExpr e, Collection<Axis> axes) {
        return any(e, x -> x instanceof ScalarExpr.Index i && axes.contains(i.axis()));
    }

    /** Whether {@code e} reads an element of a buffer or operand, for its value or for an address. */
    public static boolean readsMemory(ScalarExpr e) {
        return any(e, x -> x instanceof ScalarExpr.Element || x instanceof ScalarExpr.Read);
    }

    /** Whether {@code e} is the number zero, written as such. */
    public static boolean isZero(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l && l.value() == 0
                || e instanceof ScalarExpr.IntLiteral i && i.value() == 0;
    }

    /** Whether {@code part} occurs in {@code e}. */
    public static boolean contains(ScalarExpr e, ScalarExpr part) {
        return any(e, part::equals);
    }

    /** Whether a test holds for {@code e} or anything it is computed from. */
    public static boolean any(ScalarExpr e, Predicate<ScalarExpr> test) {
        return any(e, test, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static boolean any(ScalarExpr e, Predicate<ScalarExpr> test, Set<ScalarExpr> seen) {
        return test.test(e) || seen.add(e) && operands(e).stream().anyMatch(x -> any(x, test, seen));
    }

    /** The number of functions applied in {@code e}, shared parts counted once and addresses not at all. */
    public static int operations(ScalarExpr e) {
        int[] n = {0};
        visit(e, x -> n[0] += x instanceof ScalarExpr.Apply && !x.type().isInt() ? 1 : 0);
        return n[0];
    }

    /** Whether this is a number above zero by which division is exact wherever nothing overflows. */
    public static boolean isPowerOfTwo(ScalarExpr e) {
        return e instanceof ScalarExpr.Literal l
                && Double.isFinite(l.value())
                && l.value() == Math.scalb(1, Math.getExponent(l.value()));
    }

    /** {@code exp(x - shift)}, with a shift that is no less than x but for rounding. */
    public static ScalarExpr shiftedExp(ScalarExpr x, ScalarExpr shift) {
        return ScalarExpr.apply(ScalarFn.EXP_NONPOSITIVE, ScalarExpr.apply(ScalarFn.SUB, x, shift));
    }

    /** What a reduction starts from. Of bools, false is below true. */
    public static ScalarExpr neutral(Reduction kind, DType type) {
        if (type == DType.BOOL) {
            return new ScalarExpr.Literal(type, kind == Reduction.MIN || kind == Reduction.PROD ? 1 : 0);
        }
        double start = ScalarMath.neutral(kind, type);
        return type.isInt() ? new ScalarExpr.IntLiteral(type, (long) start) : new ScalarExpr.Literal(type, start);
    }
}
