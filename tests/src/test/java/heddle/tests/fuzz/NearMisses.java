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
        return stage == Stage.KEYS && model.real().isFloat() ? model.let(new TensorChange(model, choices).of(k)) : k;
    }

    Lettered scores(Lettered s) {
        return stage == Stage.SCORES ? model.let(new TensorChange(model, choices).ofScores(s)) : s;
    }

    Lettered changedScores(Lettered s) {
        return stage == Stage.CHANGED_SCORES ? model.let(new TensorChange(model, choices).ofScores(s)) : s;
    }

    Lettered probabilities(Lettered p) {
        return stage == Stage.PROBABILITIES ? model.let(afterSoftmax(p)) : p;
    }

    Lettered weightedProbabilities(Lettered p) {
        return stage == Stage.WEIGHTED ? model.let(afterSoftmax(p)) : p;
    }

    /** The softmax of the scores, or something that is none. */
    Meaning softmax(Lettered s, ScoreMaths maths) {
        SoftmaxSpelling spelling = new SoftmaxSpelling(model, choices, maths);
        return stage == Stage.SOFTMAX ? spelling.nearly(s) : spelling.of(s);
    }

    private Meaning afterSoftmax(Lettered p) {
        return switch (choices.below(14, "after softmax")) {
            case 0 -> Meaning.of(p.with("# / (" + p.reduced("sum", 'j') + " + 1e-3)"));
            case 1 -> Meaning.of(p.with("# * #"));
            case 2 -> {
                model.addBeside();
                yield Meaning.of(p.with("# - 0.1"));
            }
            case 3 -> Meaning.of(p.with("sqrt(#)"));
            case 4 -> Meaning.of(p.with("min(#, 0.5)"));
            case 5 -> Meaning.of(p.with("# * log(# + 1e-3)"));
            case 6 -> Meaning.of(p.with("where(# > 0.2, #, 0.0)"));
            default -> new TensorChange(model, choices).meaning(p);
        };
    }

    /** The product with the values, or another way to meet them. */
    Meaning result(Lettered p, Lettered v, Product product) {
        Meaning right = product.values(p, v);
        String letters = right.written().letters();
        if (stage != Stage.RESULT) {
            return right;
        }
        List<String> kinds = List.of("output", "twice", "over queries", "over heads", "changed", "values");
        return switch (choices.of("result", kinds)) {
            case "output" -> {
                model.output(p.text());
                yield right;
            }
            case "twice" -> {
                model.output(
                        model.let(product.sum(p.with("# * 0.5"), v, letters)).text());
                yield right;
            }
            case "over heads" -> {
                if (p.has('h') && v.has('h')) {
                    model.output(model.let(product.sum(p, v, letters.replace("h", "")))
                            .text());
                }
                yield right;
            }
            case "over queries" -> {
                if (!model.length('i').equals(model.length('j'))) {
                    yield right;
                }
                Lettered turned = new Lettered(v.text(), v.letters().replace('j', 'i'));
                Lettered o = model.let(product.sum(p, turned, letters.replace('i', 'j')));
                yield Meaning.of(new Lettered(o.text(), letters));
            }
            case "values" -> product.sum(p, model.let(new TensorChange(model, choices).of(v)), letters);
            default -> Meaning.of(new TensorChange(model, choices).of(model.let(right)));
        };
    }
}
