package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.Known.Element.Fraction;
import heddle.runtime.onnx.translate.Known.Element.Truth;
import heddle.runtime.onnx.translate.Known.Element.Whole;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/** Arithmetic of elements as ONNX has it. What depends on lengths in a way that no polynomial says has no result. */
final class ElementMath {
    private ElementMath() {}

    /** @return empty when the operator is none of two elements, or the result is no number yet */
    static Optional<Element> binary(String operator, Element a, Element b, DType dtype) {
        if (a instanceof Whole x && b instanceof Whole y) {
            return whole(operator, x.value(), y.value());
        }
        if (a instanceof Fraction x && b instanceof Fraction y) {
            return fraction(operator, x.value(), y.value(), dtype);
        }
        if (a instanceof Truth x && b instanceof Truth y) {
            return switch (operator) {
                case "And" -> truth(x.value() && y.value());
                case "Or" -> truth(x.value() || y.value());
                case "Xor" -> truth(x.value() != y.value());
                case "Equal" -> truth(x.value() == y.value());
                default -> Optional.empty();
            };
        }
        return Optional.empty();
    }

    private static Optional<Element> whole(String operator, Dim a, Dim b) {
        return switch (operator) {
            case "Add", "Sum" -> Optional.of(new Whole(a.plus(b)));
            case "Sub" -> Optional.of(new Whole(a.minus(b)));
            case "Mul" -> Optional.of(new Whole(a.times(b)));
            case "Div" -> quotient(a, b).map(Whole::new);
            case "Mod" -> remainder(a, b).map(Whole::new);
            case "Min" -> order(a, b).map(o -> new Whole(o <= 0 ? a : b));
            case "Max" -> order(a, b).map(o -> new Whole(o >= 0 ? a : b));
            case "Pow" ->
                a.isKnown() && b.isKnown() && b.value() >= 0
                        ? Optional.of(new Whole(Dim.of(power(a.value(), b.value()))))
                        : Optional.empty();
            case "Equal" -> order(a, b).map(o -> new Truth(o == 0));
            case "Less" -> order(a, b).map(o -> new Truth(o < 0));
            case "LessOrEqual" -> order(a, b).map(o -> new Truth(o <= 0));
            case "Greater" -> order(a, b).map(o -> new Truth(o > 0));
            case "GreaterOrEqual" -> order(a, b).map(o -> new Truth(o >= 0));
            default -> Optional.empty();
        };
    }

    private static long power(long base, long exponent) {
        if (Math.abs(base) <= 1) {
            return exponent == 0 || base < 0 && exponent % 2 == 0 ? 1 : base;
        }
        long product = 1;
        for (long i = 0; i < exponent; i++) {
            product = Math.multiplyExact(product, base);
        }
        return product;
    }

    /** Towards zero, as in C. */
    private static Optional<Dim> quotient(Dim a, Dim b) {
        if (b.isZero()) {
            return Optional.empty();
        }
        if (a.isKnown() && b.isKnown()) {
            return Optional.of(Dim.of(a.value() / b.value()));
        }
        Optional<Dim> exact = a.dividedExactlyBy(b);
        return exact.isPresent() || !a.isNonNegative() || !b.isNonNegative() ? exact : Optional.of(a.floorDiv(b));
    }

    /** With the divisor's sign, as in Python. */
    private static Optional<Dim> remainder(Dim a, Dim b) {
        return b.isZero() ? Optional.empty() : Optional.of(a.minus(a.floorDiv(b).times(b)));
    }

    /** Below, at or above zero as a is below, equal to or above b, where that holds for all lengths of at least one. */
    private static Optional<Integer> order(Dim a, Dim b) {
        Dim difference = a.minus(b);
        if (difference.isKnown()) {
            return Optional.of(Long.signum(difference.value()));
        }
        if (isPositive(difference)) {
            return Optional.of(1);
        }
        return isPositive(Dim.ZERO.minus(difference)) ? Optional.of(-1) : Optional.empty();
    }

    private static boolean isPositive(Dim dim) {
        return dim.minus(1).isNonNegative();
    }

    private static Optional<Element> fraction(String operator, double a, double b, DType dtype) {
        return switch (operator) {
            case "Add", "Sum" -> rounded(a + b, dtype);
            case "Sub" -> rounded(a - b, dtype);
            case "Mul" -> rounded(a * b, dtype);
            case "Div" -> rounded(a / b, dtype);
            case "Min" -> rounded(Math.min(a, b), dtype);
            case "Max" -> rounded(Math.max(a, b), dtype);
            case "Pow" -> rounded(Math.pow(a, b), dtype);
            case "Equal" -> truth(a == b);
            case "Less" -> truth(a < b);
            case "LessOrEqual" -> truth(a <= b);
            case "Greater" -> truth(a > b);
            case "GreaterOrEqual" -> truth(a >= b);
            default -> Optional.empty();
        };
    }

    static Optional<Element> unary(String operator, Element a, DType dtype) {
        if (a instanceof Truth t) {
            return "Not".equals(operator) ? truth(!t.value()) : Optional.empty();
        }
        if (a instanceof Whole w) {
            return switch (operator) {
                case "Neg" -> Optional.of(new Whole(Dim.ZERO.minus(w.value())));
                case "Abs" ->
                    w.value().isNonNegative()
                            ? Optional.of(w)
                            : w.value().isKnown()
                                    ? Optional.of(
                                            new Whole(Dim.of(Math.abs(w.value().value()))))
                                    : Optional.empty();
                default -> Optional.empty();
            };
        }
        double x = ((Fraction) a).value();
        return function(operator).flatMap(f -> rounded(f.applyAsDouble(x), dtype));
    }

    private static Optional<DoubleUnaryOperator> function(String operator) {
        return Optional.ofNullable(
                switch (operator) {
                    case "Neg" -> x -> -x;
                    case "Abs" -> Math::abs;
                    case "Sqrt" -> Math::sqrt;
                    case "Reciprocal" -> x -> 1 / x;
                    case "Floor" -> Math::floor;
                    case "Ceil" -> Math::ceil;
                    case "Round" -> Math::rint;
                    case "Exp" -> Math::exp;
                    case "Log" -> Math::log;
                    case "Sin" -> Math::sin;
                    case "Cos" -> Math::cos;
                    default -> null;
                });
    }

    /** @return empty for a length that is to become a float */
    static Optional<Element> cast(Element a, DType to) {
        if (a instanceof Whole w && !w.value().isKnown()) {
            if (to.isInt()) {
                return Optional.of(a);
            }
            return to == DType.BOOL && isPositive(w.value()) ? truth(true) : Optional.empty();
        }
        double x = switch (a) {
            case Whole w -> w.value().value();
            case Fraction f -> f.value();
            case Truth t -> t.value() ? 1 : 0;
        };
        if (to == DType.BOOL) {
            return truth(x != 0);
        }
        if (to.isInt()) {
            return a instanceof Whole ? Optional.of(a) : Optional.of(new Whole(Dim.of((long) x)));
        }
        return rounded(x, to);
    }

    private static Optional<Element> rounded(double x, DType dtype) {
        return Optional.of(new Fraction(dtype.nearest(x)));
    }

    private static Optional<Element> truth(boolean value) {
        return Optional.of(new Truth(value));
    }
}
