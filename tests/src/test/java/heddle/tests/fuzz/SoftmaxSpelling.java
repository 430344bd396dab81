package heddle.tests.fuzz;

import heddle.compiler.type.DType;
import java.util.Optional;

/** How a softmax along the keys is written, with or without a sink, and things that are nearly one. */
final class SoftmaxSpelling {
    private final ModelText model;
    private final Choices choices;
    private final ScoreMaths scores;

    SoftmaxSpelling(ModelText model, Choices choices, ScoreMaths scores) {
        this.model = model;
        this.choices = choices;
        this.scores = scores;
    }

    Meaning of(Lettered s) {
        return choices.happens(20, "sink") ? withSink(s) : alone(s);
    }

    /** {@code softmax(#)} along an axis. */
    static Lettered softmax(Lettered s, char axis) {
        return new Lettered("softmax(" + s.text() + ", axis = " + s.axis(axis) + ")", s.letters());
    }

    private Meaning alone(Lettered s) {
        int axis = s.axis('j');
        String max = s.reduced("max", 'j');
        Lettered plain = softmax(s, 'j');
        return switch (choices.below(29, "softmax")) {
            case 4 ->
                Meaning.of(new Lettered(
                        "softmax(" + s.text() + ", axis = "
                                + (axis - s.letters().length()) + ")",
                        s.letters()));
            case 5 -> Meaning.of(softmax(s.with("# - " + max), 'j'), plain);
            case 6 -> Meaning.of(softmax(s.with("cast(#, f64)"), 'j').with("cast(#, " + model.real() + ")"));
            case 7, 8 -> normalised(s.with("# - " + max), 'j', plain);
            case 9, 10 -> normalised(s, 'j', plain);
            case 11 -> {
                Lettered e = model.let(s.with("exp(# - stop_gradient(" + max + "))"));
                yield Meaning.of(e.with("# * (1.0 / " + e.reduced("sum", 'j') + ")"), plain);
            }
            case 12 -> {
                Lettered e = model.let(s.with("exp(# - unsqueeze(max(#, axis = " + axis + "), " + axis + "))"));
                yield Meaning.of(e.with("# / unsqueeze(sum(#, axis = " + axis + "), " + axis + ")"), plain);
            }
            case 13 -> Meaning.of(s.with("exp(# - log(" + s.with("exp(#)").reduced("sum", 'j') + "))"), plain);
            case 14 -> {
                String m = model.let(max);
                String sum = s.with("exp(# - " + m + ")").reduced("sum", 'j');
                yield Meaning.of(s.with("exp(# - (" + m + " + log(" + sum + ")))"), plain);
            }
            case 15 -> Meaning.of(s.with("exp(log_softmax(#, axis = " + axis + "))"), plain);
            case 16 -> {
                String m = model.let(max);
                Lettered e = model.let(s.with("exp(# - " + m + ")"));
                boolean counts = model.real() == DType.F64;
                yield Meaning.of(
                        e.with("# / (" + e.reduced("sum", 'j') + " + 1e-9)"),
                        counts ? joined(s, times(1e-9, m), 'j', false) : plain);
            }
            case 17 -> {
                Lettered e = model.let(s.with("exp(# - " + max + ")"));
                String sum = model.let(e.reduced("sum", 'j'));
                yield Meaning.of(e.with("# / where(" + sum + " == 0.0, 1.0, " + sum + ")"), plain);
            }
            case 18 -> {
                model.unsure();
                yield shifted(s, model.let("max(" + max + ", 0.0)"));
            }
            case 19 -> shifted(s, rowTensor(s, "shift").beside(s.letters()));
            case 20 -> shifted(s, "3.0");
            case 21 -> Meaning.of(softmax(less(s, rowTensor(s, "shift").beside(s.letters())), 'j'));
            case 22 -> {
                model.unsure(); // Scores that are masked alike before the shift are declined.
                yield masked(s.with("# - " + max), s);
            }
            case 23 -> masked(s, s);
            case 24 -> {
                Lettered y = less(s, rowTensor(s, "shift").beside(s.letters()));
                yield masked(y, y);
            }
            case 25 -> guarded(s, "#", plain);
            case 26 -> guarded(s, "max(#, 1e-6)", plain);
            case 27 -> guarded(s, "where(# > 0.0, #, 1.0)", plain);
            case 28 -> {
                Lettered e = model.let(s.with("exp(# - " + model.let(max) + ")"));
                yield Meaning.of(e.with("# / max(" + e.reduced("sum", 'j') + ", 1e-6)"), plain);
            }
            default -> Meaning.of(plain);
        };
    }

    /** Shifted by the maximum, unless that is minus infinity, and divided by a function of the sum. */
    private Meaning guarded(Lettered s, String divisor, Lettered meant) {
        String max = model.let(s.reduced("max", 'j'));
        String shift = model.let(choices.of(
                "guard",
                "where(" + max + " == -inf, 0.0, " + max + ")",
                "where(" + max + " > -inf, " + max + ", 0.0)"));
        Lettered e = model.let(s.with("exp(# - " + shift + ")"));
        String sum = model.let(e.reduced("sum", 'j'));
        return Meaning.of(e.with("# / " + divisor.replace("#", sum)), meant);
    }

    /** Exponentials of {@code y} that a mask makes zero, divided by their sum. */
    private Meaning masked(Lettered y, Lettered scores) {
        String condition = new Predicates(model).of(choices.in("exponentials"), y.letters());
        String flags = "cast(" + condition + ", " + model.real() + ")";
        Lettered e = model.let(y.with("exp(#)"));
        Lettered masked = model.let(
                choices.happens(50, "times flags")
                        ? e.with("# * " + flags)
                        : e.with("where(" + condition + ", #, 0.0)"));
        return Meaning.of(
                masked.with("# / " + masked.reduced("sum", 'j')),
                softmax(scores.with("where(" + condition + ", #, -inf)"), 'j'));
    }

    /** Scores less a shift; what is masked stays masked. */
    private Lettered less(Lettered s, String shift) {
        return model.let(scores.stillMasked(s.with("# - " + shift)));
    }

    /** A tensor of one number for each row of scores, or for several. */
    private Lettered rowTensor(Lettered s, String name) {
        return model.broadcast(s.letters().replace("j", ""), choices, name);
    }

    /** Shifted by what is no maximum. */
    private Meaning shifted(Lettered s, String shift) {
        Lettered y = less(s, shift);
        return normalised(y, 'j', softmax(y, 'j'));
    }

    /** {@code exp(y) / sum(exp(y))}. */
    private Meaning normalised(Lettered y, char axis, Lettered meant) {
        Lettered e = model.let(y.with("exp(#)"));
        return Meaning.of(e.with("# / " + e.reduced("sum", axis)), meant);
    }

    /** With a score that no value belongs to. */
    private Meaning withSink(Lettered s) {
        Optional<Lettered> tensor =
                choices.happens(60, "sink tensor") ? Optional.of(rowTensor(s, "sink")) : Optional.empty();
        String z = tensor.map(t -> t.beside(s.letters())).orElse("0.0");
        String max = s.reduced("max", 'j');
        Lettered meant = joined(s, z, 'j', false);
        return switch (choices.below(11, "sink form")) {
            case 0 -> Meaning.of(meant);
            case 1 -> Meaning.of(joined(s, z, 'j', true), meant);
            case 2 -> {
                Lettered e = model.let(s.with("exp(#)"));
                yield Meaning.of(e.with("# / (" + exp(z) + " + " + e.reduced("sum", 'j') + ")"), meant);
            }
            case 3 -> {
                Lettered e = model.let(s.with("exp(#)"));
                yield Meaning.of(e.with("# * (1.0 / (" + e.reduced("sum", 'j') + " + " + exp(z) + "))"), meant);
            }
            case 4 -> besideSum(s, z, model.let(max), meant);
            case 5 -> besideSum(s, z, model.let("max(" + max + ", " + z + ")"), meant);
            case 6 -> besideSum(s, z, model.let(rowTensor(s, "shift").beside(s.letters())), meant);
            case 7 -> {
                String padded = "pad(" + s.text() + ", [0, 1], axis = " + s.axis('j') + ")";
                Lettered p = model.let(softmax(new Lettered(padded, s.letters()), 'j'));
                yield Meaning.of(p.part('j', "0:" + model.length('j')), joined(s, "0.0", 'j', false));
            }
            case 8 -> {
                Lettered e = model.let(s.with("exp(#)"));
                yield Meaning.of(
                        e.with("# / (" + e.reduced("sum", 'j') + " + 2.0 * " + exp(z) + ")"),
                        joined(s, times(2, z), 'j', false));
            }
            default -> {
                String m = model.let(max);
                Lettered e = model.let(s.with("exp(# - " + m + ")"));
                double n = choices.happens(50, "one") ? 1 : 1e-3;
                yield Meaning.of(
                        e.with("# / (" + n + " + " + e.reduced("sum", 'j') + ")"), joined(s, times(n, m), 'j', false));
            }
        };
    }

    /** The score of which {@code n * exp(z)} is the exponential. */
    private static String times(double n, String z) {
        return z.equals("0.0") ? "" + Math.log(n) : "(" + z + " + (" + Math.log(n) + "))";
    }

    /** {@code exp(z)}, written as one where z is zero. */
    private static String exp(String z) {
        return z.equals("0.0") ? "1.0" : "exp(" + z + ")";
    }

    private Meaning besideSum(Lettered s, String z, String shift, Lettered meant) {
        return Meaning.of(besideSum(s, z, shift).written(), meant);
    }

    /** {@code exp(x - m) / (exp(z - m) + sum(exp(x - m)))}. */
    private Meaning besideSum(Lettered s, String z, String shift) {
        Lettered e = model.let(s.with("exp(# - " + shift + ")"));
        String sink = z.equals("0.0") ? "exp(-" + shift + ")" : "exp(" + z + " - " + shift + ")";
        return Meaning.of(e.with("# / (" + sink + " + " + e.reduced("sum", 'j') + ")"));
    }

    /** The softmax of the scores and one more, which is dropped after it. */
    private Lettered joined(Lettered s, String sink, char axis, boolean first) {
        String length = model.length(axis);
        model.length('1', "1");
        String column = model.shape(s.letters().replace(axis, '1'));
        String z = sink.matches("[0-9.]+")
                ? "full(" + column + ", " + sink + ", " + model.real() + ")"
                : "expand(" + sink + ", " + column + ")";
        String parts = first ? z + ", " + s.text() : s.text() + ", " + z;
        Lettered all = new Lettered("concat([" + parts + "], axis = " + s.axis(axis) + ")", s.letters());
        return softmax(all, axis).part(axis, first ? "1:" + length + " + 1" : "0:" + length);
    }

    /** Something like a softmax along {@code j}, or a softmax along another axis. */
    Meaning nearly(Lettered s) {
        char axis =
                choices.of("axis", s.letters().chars().mapToObj(c -> (char) c).toList());
        Lettered right = softmax(s, 'j');
        Lettered along = softmax(s, axis);
        String sum = s.with("exp(#)").reduced("sum", axis);
        return switch (choices.below(22, "nearly")) {
            case 0, 1, 2 -> Meaning.of(along);
            case 3 -> Meaning.of(s.with("exp(#) / " + sum), along);
            case 4 -> {
                Lettered written = s.with("exp(# - " + s.reduced("max", axis) + ") / "
                        + s.with("exp(# - " + s.reduced("max", 'j') + ")").reduced("sum", 'j'));
                yield Meaning.of(written, axis == 'j' ? right : written);
            }
            case 5 -> Meaning.of(s.with("exp(min(#, 20.0))"));
            case 6 -> Meaning.of(s.with("exp(log_softmax(#, axis = " + s.axis(axis) + "))"), along);
            case 7 -> Meaning.of(s.with("sigmoid(#)"));
            case 8 -> Meaning.of(s.with("relu(#) / (1.0 + " + s.with("relu(#)").reduced("sum", axis) + ")"));
            case 9 -> Meaning.of(right.with("softmax(#, axis = " + s.axis(axis) + ")"));
            case 10 -> Meaning.of(s.with("exp(#) / (1.0 + " + sum + ")"), joined(s, "0.0", axis, false));
            case 11 -> Meaning.of(s.with("exp(#) / " + s.with("exp(2.0 * #)").reduced("sum", 'j')));
            case 12 ->
                Meaning.of(s.with("where(" + s.reduced("max", 'j') + " == -inf, 0.0, " + right.text() + ")"), right);
            case 13 -> shifted(s, s.reduced("min", 'j'));
            case 14, 15 -> shifted(s, anyTensor(s, "shift").beside(s.letters()));
            case 16, 17 -> besideSum(s, Optional.empty());
            case 18 -> besideSum(s, Optional.of(anyTensor(s, "sink")));
            case 19 -> {
                String first = anyTensor(s, "shift").beside(s.letters());
                String second = anyTensor(s, "other shift").beside(s.letters());
                Lettered written = s.with("exp(# - " + first + ") / "
                        + s.with("exp(# - " + second + ")").reduced("sum", 'j'));
                yield Meaning.of(written, first.equals(second) ? softmax(less(s, first), 'j') : written);
            }
            case 20 -> {
                Lettered y = model.let(s.with("# - " + anyTensor(s, "shift").beside(s.letters())));
                Lettered e = model.let(y.with("exp(#)"));
                yield Meaning.of(e.with("# / (1.0 + " + e.reduced("sum", 'j') + ")"), joined(y, "0.0", 'j', false));
            }
            default -> Meaning.of(s.with("1.0 / (1.0 + " + s.with("exp(-#)").reduced("sum", axis) + ") + 0.0 * #"));
        };
    }

    /** Shifted by any tensor; with one number for each row it is a softmax beside a sink. */
    private Meaning besideSum(Lettered s, Optional<Lettered> sink) {
        Lettered shift = anyTensor(s, "shift");
        String z = sink.map(t -> t.beside(s.letters())).orElse("0.0");
        Meaning written = besideSum(s, z, model.let(shift.beside(s.letters())));
        return shift.has('j') || sink.filter(t -> t.has('j')).isPresent()
                ? written
                : Meaning.of(written.written(), joined(s, z, 'j', false));
    }

    private Lettered anyTensor(Lettered s, String name) {
        return model.broadcast(s.letters(), choices, name);
    }
}
