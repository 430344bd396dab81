package heddle.compiler.index;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.SharedExpr;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes addresses canonical. It collects sums, and takes quotients and remainders apart as far as the ranges of the
 * axes allow. An axis that was split and merged again becomes the original axis:
 *
 * <pre>
 * (b*N + n) div N             → b
 * (m div D)*D + m % D         → m
 * (h*D + d) div (2*D)         → h div 2
 * min(max(i, 0), N - 1)       → i                  where i runs to N
 * </pre>
 *
 * Index arithmetic is assumed not to overflow 64 bits. Numbers that a model computes itself may overflow. They are left
 * as written where collecting them could overflow.
 */
public final class IndexSimplifier {
    /** What an expression keeps of this class, each part null before it was asked for. */
    private record Derived(ScalarExpr simplified, LinearForm form) {
        static final Derived NOTHING = new Derived(null, null);
    }

    private IndexSimplifier() {}

    /** The same value with canonical addresses, comparisons of indexes decided where they can be, and nothing dead. */
    public static ScalarExpr simplify(ScalarExpr e) {
        if (!(e instanceof SharedExpr s)) {
            return e.type() == DType.I64 && !(e instanceof ScalarExpr.Variable) ? form(e).toExpr() : e;
        }
        ScalarExpr known = derived(s).simplified;
        if (known != null) {
            return known;
        }
        ScalarExpr simplified = switch (s) {
            case ScalarExpr.Element el -> el.with(List.of(simplify(el.address())));
            case ScalarExpr.Read r ->
                r.with(r.index().stream().map(IndexSimplifier::simplify).toList());
            case ScalarExpr.Apply a -> a.type() == DType.I64 ? form(a).toExpr() : PredicateSimplifier.simplify(a);
        };
        s.derive(new Derived(simplified, derived(s).form));
        return simplified;
    }

    private static Derived derived(SharedExpr e) {
        return e.derived() == null ? Derived.NOTHING : (Derived) e.derived();
    }

    /** Whether an index is known to lie in {@code 0 .. length}, end exclusive. */
    public static boolean isWithin(ScalarExpr index, Dim length) {
        return IndexBounds.isWithin(form(index), length);
    }

    /** The row-major address of an element. */
    public static ScalarExpr address(Shape shape, List<ScalarExpr> index) {
        List<Dim> strides = shape.strides();
        LinearForm sum = LinearForm.ZERO;
        for (int axis = 0; axis < index.size(); axis++) {
            sum = sum.plus(form(index.get(axis)).times(strides.get(axis)));
        }
        return recombine(sum).toExpr();
    }

    /** The index that has a row-major address: the inverse of {@link #address}. */
    public static List<ScalarExpr> index(Shape shape, ScalarExpr address) {
        if (shape.size().isZero()) {
            // No element has an address, and strides of zero divide nothing.
            return Collections.nCopies(shape.rank(), ScalarExpr.of(0));
        }
        LinearForm flat = form(address);
        List<Dim> strides = shape.strides();
        List<ScalarExpr> index = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            LinearForm quotient = floorDiv(flat, strides.get(axis));
            index.add((axis == 0 ? quotient : mod(quotient, shape.dim(axis))).toExpr());
        }
        return index;
    }

    /** An i64 expression as a sum of canonical terms. */
    public static LinearForm form(ScalarExpr e) {
        return switch (e) {
            case ScalarExpr.IntLiteral i -> LinearForm.of(Dim.of(i.value()));
            case ScalarExpr.Length l -> LinearForm.of(l.dim());
            case ScalarExpr.Index i -> i.axis().extent().is(1) ? LinearForm.ZERO : LinearForm.of(e);
            case SharedExpr s -> {
                LinearForm known = derived(s).form;
                if (known == null) {
                    known = s instanceof ScalarExpr.Apply a ? collected(a) : LinearForm.of(simplify(s));
                    s.derive(new Derived(derived(s).simplified, known));
                }
                yield known;
            }
            default -> LinearForm.of(e);
        };
    }

    private static LinearForm collected(ScalarExpr.Apply a) {
        try {
            return apply(a);
        } catch (ArithmeticException overflow) {
            return LinearForm.of(
                    a.with(a.args().stream().map(IndexSimplifier::simplify).toList()));
        }
    }

    private static LinearForm apply(ScalarExpr.Apply a) {
        return switch (a.fn()) {
            case ADD -> recombine(argument(a, 0).plus(argument(a, 1)));
            case SUB -> recombine(argument(a, 0).minus(argument(a, 1)));
            case NEG -> argument(a, 0).times(Dim.of(-1));
            case MUL -> product(argument(a, 0), argument(a, 1));
            case FLOOR_DIV, MOD -> divided(a);
            case MIN, MAX -> clamped(a);
            default -> atom(PredicateSimplifier.simplify(a));
        };
    }

    private static LinearForm argument(ScalarExpr.Apply a, int slot) {
        return form(a.args().get(slot));
    }

    /** An atom, simplified if possible. */
    private static LinearForm atom(ScalarExpr e) {
        return e instanceof ScalarExpr.Apply ? LinearForm.of(e) : form(e);
    }

    private static LinearForm product(LinearForm x, LinearForm y) {
        if (x.isConstant()) {
            return y.times(x.constant());
        }
        return y.isConstant()
                ? x.times(y.constant())
                : LinearForm.of(ScalarExpr.apply(ScalarFn.MUL, x.toExpr(), y.toExpr()));
    }

    private static LinearForm divided(ScalarExpr.Apply a) {
        LinearForm x = argument(a, 0);
        LinearForm divisor = argument(a, 1);
        Dim d = divisor.constant();
        if (divisor.isConstant() && !d.isZero() && d.isNonNegative()) {
            return a.fn() == ScalarFn.MOD ? mod(x, d) : floorDiv(x, d);
        }
        return LinearForm.of(ScalarExpr.apply(a.fn(), x.toExpr(), divisor.toExpr()));
    }

    private static LinearForm clamped(ScalarExpr.Apply a) {
        LinearForm x = argument(a, 0);
        LinearForm y = argument(a, 1);
        boolean min = a.fn() == ScalarFn.MIN;
        if (IndexBounds.isNonNegative(y.minus(x))) {
            return min ? x : y;
        }
        return IndexBounds.isNonNegative(x.minus(y))
                ? (min ? y : x)
                : LinearForm.of(ScalarExpr.apply(a.fn(), x.toExpr(), y.toExpr()));
    }

    /** {@code x = d*whole + rest}, with everything in {@code whole} that {@code d} is known to divide. */
    private record Split(LinearForm whole, LinearForm rest) {
        static Split of(LinearForm x, Dim d) {
            Map<ScalarExpr, Dim> whole = new LinkedHashMap<>();
            Map<ScalarExpr, Dim> rest = new LinkedHashMap<>();
            x.terms()
                    .forEach((atom, c) ->
                            c.dividedExactlyBy(d).ifPresentOrElse(q -> whole.put(atom, q), () -> rest.put(atom, c)));
            Dim constant = x.constant();
            Dim quotient = constant.isKnown() && d.isKnown()
                    ? constant.floorDiv(d)
                    : constant.dividedExactlyBy(d).orElse(Dim.ZERO);
            return new Split(LinearForm.of(whole, quotient), LinearForm.of(rest, constant.minus(quotient.times(d))));
        }
    }

    /** {@code g} and {@code x = g*whole + rest} with {@code 0 <= rest < g}, for a {@code g} that divides {@code d}. */
    private record Common(Dim factor, Dim cofactor, Split split) {
        static Optional<Common> of(LinearForm x, Dim d) {
            for (Dim g : x.terms().values()) {
                Optional<Dim> cofactor = g.is(1) ? Optional.empty() : d.dividedExactlyBy(g);
                if (cofactor.isPresent() && g.isNonNegative()) {
                    Split split = Split.of(x, g);
                    if (IndexBounds.isWithin(split.rest, g)) {
                        return Optional.of(new Common(g, cofactor.get(), split));
                    }
                }
            }
            return Optional.empty();
        }
    }

    private static LinearForm floorDiv(LinearForm x, Dim d) {
        if (d.is(1)) {
            return x;
        }
        if (x.isConstant()) {
            return LinearForm.of(x.constant().floorDiv(d));
        }
        Split split = Split.of(x, d);
        if (IndexBounds.isWithin(split.rest, d)) {
            return split.whole;
        }
        Optional<Common> common = Common.of(split.rest, d);
        LinearForm rest = common.isPresent()
                ? floorDiv(common.get().split.whole, common.get().cofactor)
                : quotient(split.rest, d);
        return split.whole.plus(rest);
    }

    /** {@code x div d} as an atom; {@code (y div a) div d} is {@code y div (a*d)}. */
    private static LinearForm quotient(LinearForm x, Dim d) {
        if (x.asAtom() instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.FLOOR_DIV) {
            LinearForm inner = argument(a, 1);
            if (inner.isConstant() && inner.constant().isNonNegative()) {
                return floorDiv(argument(a, 0), inner.constant().times(d));
            }
        }
        return LinearForm.of(ScalarExpr.apply(ScalarFn.FLOOR_DIV, x.toExpr(), ScalarExpr.of(d)));
    }

    private static LinearForm mod(LinearForm x, Dim d) {
        if (d.is(1)) {
            return LinearForm.ZERO;
        }
        if (x.isConstant()) {
            Dim c = x.constant();
            return LinearForm.of(c.minus(c.floorDiv(d).times(d)));
        }
        LinearForm rest = Split.of(x, d).rest;
        if (IndexBounds.isWithin(rest, d)) {
            return rest;
        }
        Optional<Common> common = Common.of(rest, d);
        if (common.isPresent()) {
            Split split = common.get().split;
            return mod(split.whole, common.get().cofactor)
                    .times(common.get().factor)
                    .plus(split.rest);
        }
        return LinearForm.of(ScalarExpr.apply(ScalarFn.MOD, rest.toExpr(), ScalarExpr.of(d)));
    }

    /** {@code (y div d)*(c*d) + (y % d)*c} is {@code y*c}, as often as it occurs. */
    private static LinearForm recombine(LinearForm form) {
        for (var term : form.terms().entrySet()) {
            if (term.getKey() instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.MOD) {
                LinearForm divisor = argument(a, 1);
                if (divisor.isConstant() && !divisor.constant().isZero()) {
                    Dim c = term.getValue();
                    LinearForm y = argument(a, 0);
                    LinearForm parts = LinearForm.of(term.getKey())
                            .plus(floorDiv(y, divisor.constant()).times(divisor.constant()));
                    LinearForm merged = form.minus(parts.times(c)).plus(y.times(c));
                    if (merged.terms().size() < form.terms().size()) {
                        return recombine(merged);
                    }
                }
            }
        }
        return form;
    }
}
