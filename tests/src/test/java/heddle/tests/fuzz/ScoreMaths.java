package heddle.tests.fuzz;

/** What may happen to scores between the product and the softmax: scales, biases, masks, soft caps and other maths. */
final class ScoreMaths {
    private final ModelText model;
    private final Predicates predicates;

    ScoreMaths(ModelText model) {
        this.model = model;
        this.predicates = new Predicates(model);
    }

    /** No to four changes in any order. */
    Lettered changed(Lettered scores, Choices choices) {
        Lettered s = scores;
        int changes = choices.below(5, "changes");
        for (int n = 0; n < changes; n++) {
            s = model.let(step(s, choices.in("change" + n)));
        }
        return s;
    }

    private Lettered step(Lettered s, Choices choices) {
        return switch (choices.below(5, "kind")) {
            case 0 -> scaled(s, choices);
            case 1, 2 -> masked(s, choices);
            case 3 -> biased(s, choices);
            default -> chain(s, choices);
        };
    }

    Lettered scaled(Lettered s, Choices choices) {
        String d = model.length('d');
        return switch (choices.below(10, "scale")) {
            case 0 -> s.with("# / sqrt(" + d + ")");
            case 1 -> s.with("# * 0.5");
            case 2 -> s.with("0.125 * #");
            case 3 -> s.with("-#");
            case 4 -> s.with("# * " + model.input("f32", choices, "temperature"));
            case 5 -> s.with("# * " + model.input("f32[1]", choices, "one temperature"));
            case 6 -> {
                String t = model.let(
                        model.broadcast("f32", s.letters(), choices, "scales").beside(s.letters()));
                yield s.with("# / (1.0 + " + t + " * " + t + ")");
            }
            case 7 -> s.with("# * log(cast(" + predicates.positions('i', s.letters()) + ", f32) + 2.0)");
            case 8 -> s.with("# * (" + model.length('j') + " / 4)");
            default ->
                s.with("# * "
                        + model.broadcast("f32", s.letters(), choices, "scales").beside(s.letters()));
        };
    }

    private Lettered masked(Lettered s, Choices choices) {
        String p = predicates.of(choices.in("mask"), s.letters());
        int kind = choices.below(12, "masked");
        if (kind >= 7) {
            model.allow(Allowance.AMPLIFIES);
        }
        return switch (kind) {
            case 0, 1 -> s.with("where(" + p + ", #, -inf)");
            case 2 -> s.with("where(not " + p + ", -inf, #)");
            case 3 -> s.with("where(" + p + ", #, -40.0)");
            case 4 -> s.with("where(" + p + ", #, 0.0)");
            case 5 -> s.with("# + where(" + p + ", 0.0, -inf)");
            case 6 -> s.with("# * cast(" + p + ", f32)");
            case 7 -> s.with("# + (1.0 - cast(" + p + ", f32)) * -10000.0");
            case 8 -> s.with("# - 10000.0 * cast(not " + p + ", f32)");
            case 9 -> {
                String b = model.let("cast(" + p + ", f32)");
                yield s.with("# * " + b + " - 1e6 * (1.0 - " + b + ")");
            }
            case 10 -> s.with("where(" + p + ", 0.0, -1e6) + #");
            default -> s.with("where(" + p + ", #, -1e9)");
        };
    }

    private Lettered biased(Lettered s, Choices choices) {
        String letters = s.letters();
        String i = predicates.positions('i', letters);
        String j = predicates.positions('j', letters);
        return switch (choices.below(8, "bias")) {
            case 0, 1, 2 ->
                s.with("# + " + model.broadcast("f32", letters, choices, "bias").beside(letters));
            case 3 -> s.with(model.broadcast("f32", letters, choices, "bias").beside(letters) + " - #");
            case 4 -> s.with("# - 0.25 * abs(cast(" + i + " - " + j + ", f32))");
            case 5 -> {
                String table = model.input("f32[9]", choices, "table");
                yield s.with("# + gather(" + table + ", max(min(" + i + " - " + j + ", 4), -4) + 4, axis = 0)");
            }
            case 6 -> {
                Lettered first = model.broadcast("f32", letters, choices, "bias");
                Lettered second = model.broadcast("f32", letters, choices, "other bias");
                yield s.with("# + (" + first.beside(letters) + " + " + second.beside(letters) + ")");
            }
            default -> {
                String gate = predicates.of(choices.in("gate"), letters);
                Lettered bias = model.broadcast("f32", letters, choices, "bias");
                yield s.with("# + where(" + gate + ", " + bias.beside(letters) + ", 0.0)");
            }
        };
    }

    private Lettered chain(Lettered s, Choices choices) {
        int kind = choices.below(12, "chain");
        if (kind >= 9) {
            model.allow(Allowance.AMPLIFIES);
        }
        if (kind == 8) {
            model.allow(Allowance.ROUNDS);
        }
        return switch (kind) {
            case 0, 1 -> s.with("5.0 * tanh(# / 5.0)");
            case 2 -> s.with("min(max(#, -4.0), 4.0)");
            case 3 -> s.with("relu(#)");
            case 4 -> s.with("abs(#)");
            case 5 -> s.with("sigmoid(#) * 4.0");
            case 6 -> s.with("where(# > 0.0, #, # * 0.1)");
            case 7 -> s.with("dropout(#, 0.1)");
            case 8 -> s.with("cast(cast(#, f64), f32)");
            case 9 -> s.with("# * # * 0.1");
            case 10 -> s.with("where(# > 0.5, #, -inf)");
            default -> s.with("#" + " * sigmoid(#)");
        };
    }

    /** Factors on the probabilities. */
    Lettered weighted(Lettered p, Choices choices) {
        return switch (choices.below(12, "weighted")) {
            case 6 -> p.with("dropout(#, 0.1)");
            case 7 ->
                p.with("# * "
                        + model.broadcast("f32", p.letters(), choices, "factor").beside(p.letters()));
            case 8 -> {
                model.allow(Allowance.HIDES);
                yield p.with("where(" + predicates.of(choices.in("kept"), p.letters()) + ", #, 0.0)");
            }
            case 9 -> p.with("# * cast(" + predicates.of(choices.in("kept"), p.letters()) + ", f32) / 0.9");
            case 10 -> p.with("-#");
            case 11 ->
                p.with("(1.0 + "
                        + model.broadcast("f32", p.letters(), choices, "gate").beside(p.letters()) + ") * #");
            default -> p;
        };
    }
}
