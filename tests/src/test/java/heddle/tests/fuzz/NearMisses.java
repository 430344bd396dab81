package heddle.tests.fuzz;

import java.util.List;

/**
 * One change that makes something else of an attention, or leaves it one that is hard to tell from something else:
 * whatever becomes of it, the numbers must be those that are written.
 */
final class NearMisses {
    private enum Stage {
        NOWHERE,
        KEYS,
        SCORES,
        CHANGED_SCORES,
        SOFTMAX,
        PROBABILITIES,
        WEIGHTED,
        RESULT
    }

    private final ModelText model;
    private final Choices choices;
    private final Stage stage;

    NearMisses(ModelText model, Choices choices) {
        this.model = model;
        this.choices = choices;
        this.stage = choices.happens(40, "near miss") ? choices.of("stage", Stage.values()) : Stage.NOWHERE;
    }

    /** Whether the attention is left as it is. */
    boolean none() {
        return stage == Stage.NOWHERE;
    }

    Lettered keys(Lettered k) {
        return stage == Stage.KEYS ? model.let(new TensorChange(model, choices).of(k)) : k;
    }

    Lettered scores(Lettered s) {
        return stage == Stage.SCORES ? model.let(new TensorChange(model, choices).of(s)) : s;
    }

    Lettered changedScores(Lettered s) {
        return stage == Stage.CHANGED_SCORES ? model.let(new TensorChange(model, choices).of(s)) : s;
    }

    Lettered probabilities(Lettered p) {
        return stage == Stage.PROBABILITIES ? model.let(afterSoftmax(p)) : p;
    }

    Lettered weightedProbabilities(Lettered p) {
        return stage == Stage.WEIGHTED ? model.let(afterSoftmax(p)) : p;
    }

    /** Something like a softmax along {@code j}, or a softmax along another axis. */
    Lettered softmax(Lettered s, Lettered right) {
        if (stage != Stage.SOFTMAX) {
            return right;
        }
        model.allow(Allowance.AMPLIFIES);
        model.allow(Allowance.REPAIRS);
        model.allow(Allowance.HIDES);
        char axis =
                choices.of("axis", s.letters().chars().mapToObj(c -> (char) c).toList());
        String sum = s.with("exp(#)").reduced("sum", axis);
        return switch (choices.below(14, "softmax")) {
            case 0, 1, 2 -> new Lettered("softmax(" + s.text() + ", axis = " + s.axis(axis) + ")", s.letters());
            case 3 -> s.with("exp(#) / " + sum);
            case 4 ->
                s.with("exp(# - " + s.reduced("max", axis) + ") / "
                        + s.with("exp(# - " + s.reduced("max", 'j') + ")").reduced("sum", 'j'));
            case 5 -> s.with("exp(min(#, 20.0))");
            case 6 -> s.with("exp(log_softmax(#, axis = " + s.axis(axis) + "))");
            case 7 -> s.with("sigmoid(#)");
            case 8 -> s.with("relu(#) / (1.0 + " + s.with("relu(#)").reduced("sum", axis) + ")");
            case 9 -> right.with("softmax(#, axis = " + s.axis(axis) + ")");
            case 10 -> s.with("exp(#) / (1.0 + " + sum + ")");
            case 11 -> s.with("exp(#) / " + s.with("exp(2.0 * #)").reduced("sum", 'j'));
            case 12 -> s.with("where(" + s.reduced("max", 'j') + " == -inf, 0.0, " + right.text() + ")");
            default ->
                s.with("exp(# - " + s.reduced("min", 'j') + ") / "
                        + s.with("exp(# - " + s.reduced("min", 'j') + ")").reduced("sum", 'j'));
        };
    }

    private Lettered afterSoftmax(Lettered p) {
        return switch (choices.below(14, "after softmax")) {
            case 0 -> p.with("# / (" + p.reduced("sum", 'j') + " + 1e-3)");
            case 1 -> p.with("# * #");
            case 2 -> p.with("# - 0.1");
            case 3 -> p.with("sqrt(#)");
            case 4 -> p.with("min(#, 0.5)");
            case 5 -> p.with("# * log(# + 1e-3)");
            case 6 -> {
                model.allow(Allowance.AMPLIFIES);
                yield p.with("where(# > 0.2, #, 0.0)");
            }
            default -> new TensorChange(model, choices).of(p);
        };
    }

    /** Another way to meet the values. */
    Lettered result(Lettered p, Lettered v, Lettered right) {
        if (stage != Stage.RESULT) {
            return right;
        }
        List<String> kinds = List.of("output", "twice", "over queries", "over heads", "changed", "values");
        switch (choices.of("result", kinds)) {
            case "output" -> model.output(p.text());
            case "twice" -> model.output(product(p.with("# * 0.5"), v, right.letters()));
            case "over queries" -> {
                if (model.length('i').equals(model.length('j'))) {
                    String turned = v.letters().replace('j', 'i');
                    return new Lettered(
                            product(
                                    p,
                                    new Lettered(v.text(), turned),
                                    right.letters().replace('i', 'j')),
                            right.letters());
                }
            }
            case "over heads" -> {
                if (p.has('h') && v.has('h')) {
                    model.output(product(p, v, right.letters().replace("h", "")));
                }
            }
            case "values" -> {
                return new Lettered(
                        product(p, model.let(new TensorChange(model, choices).of(v)), right.letters()),
                        right.letters());
            }
            default -> {
                return new TensorChange(model, choices).of(right);
            }
        }
        return right;
    }

    private static String product(Lettered p, Lettered v, String result) {
        return "einsum(\"" + p.letters() + "," + v.letters() + "->" + result + "\", " + p.text() + ", " + v.text()
                + ")";
    }
}
