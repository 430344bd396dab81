package heddle.tests.fuzz;

import heddle.compiler.type.DType;
import java.util.Optional;

/** What may happen to scores between the product and the softmax: scales, biases, masks, soft caps and other maths. */
final class ScoreMaths {
    private final ModelText model;
    private final Predicates predicates;

    /** Where scores are not minus infinity, once a mask says so and nothing but sums came after it. */
    private Optional<String> shown = Optional.empty();

    ScoreMaths(ModelText model) {
        this.model = model;
        this.predicates = new Predicates(model);
    }

    /** For other scores that are made of these: the same are hidden. */
    ScoreMaths forOthers() {
        ScoreMaths others = new ScoreMaths(model);
        others.shown = shown;
        return others;
    }

    /** The condition under which scores are kept, as far as masks say so. */
    Optional<String> shown() {
        return shown;
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

    private Meaning step(Lettered s, Choices choices) {
        return switch (choices.below(5, "kind")) {
            case 0 -> scaled(s, choices);
            case 1, 2 -> masked(s, choices);
            case 3 -> biased(s, choices);
            default -> chain(s, choices);
        };
    }

    /** What forgets the masks that came before it. */
    private Lettered unmasked(Lettered s) {
        shown = Optional.empty();
        return s;
    }

    /** What is masked stays masked, whatever is added to it. */
    Meaning stillMasked(Lettered s) {
        return Meaning.ofScores(
                s, shown.map(c -> "where(" + c + ", " + s.text() + ", -inf)").orElse(s.text()));
    }

    /** Masked by one more condition. */
    private Meaning masked(Lettered s, String condition) {
        shown = Optional.of(shown.map(c -> "(" + c + " and " + condition + ")").orElse(condition));
        return stillMasked(s);
    }

    /** A positive number keeps masks what they are. */
    private Meaning scaled(Lettered s, Choices choices) {
        int kind = choices.below(12, "scale");
        return switch (kind) {
            case 0 -> stillMasked(s.with("# / sqrt(" + model.length('d') + ")"));
            case 1 -> stillMasked(s.with("# * 0.5"));
            case 2 -> stillMasked(s.with("0.125 * #"));
            default -> Meaning.of(unmasked(scaledByAnything(s, choices, kind)));
        };
    }

    private Lettered scaledByAnything(Lettered s, Choices choices, int kind) {
        String d = model.length('d');
        return switch (kind) {
            case 3 -> s.with("-#");
            case 4 -> s.with("# * " + model.input(model.real().text(), choices, "temperature"));
            case 5 -> s.with("# * " + model.input(model.real() + "[1]", choices, "one temperature"));
            case 6 -> {
                String t = model.let(
                        model.broadcast(s.letters(), choices, "scales").beside(s.letters()));
                yield s.with("# / (1.0 + " + t + " * " + t + ")");
            }
            case 7 -> s.with("# * log(" + real(predicates.positions('i', s.letters())) + " + 2.0)");
            case 8 -> s.with("# * " + real(model.length('j') + " / 4"));
            case 9 -> s.with("# * " + logLength());
            case 10 -> s.with("# * " + logLength() + " / sqrt(" + d + ")");
            default ->
                s.with("# * " + model.broadcast(s.letters(), choices, "scales").beside(s.letters()));
        };
    }

    private String real(String integers) {
        return "cast(" + integers + ", " + model.real() + ")";
    }

    /** Numbers that would be f32 by themselves. */
    private String typed(String numbers) {
        return model.real() == DType.F32 ? numbers : real(numbers);
    }

    private String logLength() {
        return real("log(" + model.length('j') + " + 2.0)");
    }

    /** The largest of numbers that fill in for what is hidden. */
    private String filled(String number) {
        return model.real() == DType.F16 ? "-60000.0" : number;
    }

    private Meaning masked(Lettered s, Choices choices) {
        String p = predicates.of(choices.in("mask"), s.letters());
        return switch (choices.below(12, "masked")) {
            case 0, 1 -> masked(s.with("where(" + p + ", #, -inf)"), p);
            case 2 -> masked(s.with("where(not " + p + ", -inf, #)"), p);
            case 3 -> Meaning.of(unmasked(s.with("where(" + p + ", #, -40.0)")));
            case 4 -> Meaning.of(unmasked(s.with("where(" + p + ", #, 0.0)")));
            case 5 -> masked(s.with("# + " + typed("where(" + p + ", 0.0, -inf)")), p);
            case 6 -> Meaning.of(unmasked(s.with("# * " + real(p))));
            case 7 -> stillMasked(s.with("# + (1.0 - " + real(p) + ") * -10000.0"));
            case 8 -> stillMasked(s.with("# - 10000.0 * " + real("not " + p)));
            case 9 -> {
                String b = model.let(real(p));
                yield Meaning.of(unmasked(s.with("# * " + b + " + " + filled("-1e6") + " * (1.0 - " + b + ")")));
            }
            case 10 -> stillMasked(s.with(typed("where(" + p + ", 0.0, " + filled("-1e6") + ")") + " + #"));
            default -> Meaning.of(unmasked(s.with("where(" + p + ", #, " + filled("-1e9") + ")")));
        };
    }

    private Meaning biased(Lettered s, Choices choices) {
        String letters = s.letters();
        String i = predicates.positions('i', letters);
        String j = predicates.positions('j', letters);
        return switch (choices.below(8, "bias")) {
            case 0, 1, 2 ->
                stillMasked(s.with(
                        "# + " + model.broadcast(letters, choices, "bias").beside(letters)));
            case 3 ->
                Meaning.of(unmasked(
                        s.with(model.broadcast(letters, choices, "bias").beside(letters) + " - #")));
            case 4 -> stillMasked(s.with("# - 0.25 * abs(" + real(i + " - " + j) + ")"));
            case 5 -> {
                String table = model.input(model.real() + "[9]", choices, "table");
                yield stillMasked(
                        s.with("# + gather(" + table + ", max(min(" + i + " - " + j + ", 4), -4) + 4, axis = 0)"));
            }
            case 6 -> {
                Lettered first = model.broadcast(letters, choices, "bias");
                Lettered second = model.broadcast(letters, choices, "other bias");
                yield stillMasked(s.with("# + (" + first.beside(letters) + " + " + second.beside(letters) + ")"));
            }
            default -> {
                String gate = predicates.of(choices.in("gate"), letters);
                Lettered bias = model.broadcast(letters, choices, "bias");
                yield stillMasked(s.with("# + where(" + gate + ", " + bias.beside(letters) + ", 0.0)"));
            }
        };
    }

    private Meaning chain(Lettered s, Choices choices) {
        return switch (choices.below(13, "chain")) {
            case 0, 1 -> Meaning.of(unmasked(s.with("5.0 * tanh(# / 5.0)")));
            case 2 -> Meaning.of(unmasked(s.with("min(max(#, -4.0), 4.0)")));
            case 3 -> Meaning.of(unmasked(s.with("relu(#)")));
            case 4 -> Meaning.of(unmasked(s.with("abs(#)")));
            case 5 -> Meaning.of(unmasked(s.with("sigmoid(#) * 4.0")));
            case 6 -> Meaning.of(unmasked(s.with("where(# > 0.0, #, # * 0.1)")));
            case 7 -> stillMasked(s.with("dropout(#, 0.1)"));
            case 8 -> stillMasked(s.with("cast(cast(#, f64), " + model.real() + ")"));
            case 9 -> Meaning.of(unmasked(s.with("# * # * 0.1")));
            case 10 -> Meaning.of(unmasked(s.with("where(# > 0.5, #, -inf)")));
            case 11 -> {
                model.unsure();
                yield stillMasked(s.with("cast(cast(#, bf16), " + model.real() + ")"));
            }
            default -> Meaning.of(unmasked(s.with("# * sigmoid(#)")));
        };
    }
}
