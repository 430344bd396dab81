package heddle.tests.fuzz;

/** What may happen to probabilities before they meet the values: factors, keys taken out, guards against NaN. */
final class Factors {
    private static final String GUARDED = "where(# != #, 0.0, #)";

    private final ModelText model;
    private final Predicates predicates;
    private final Choices choices;
    private final String shown;

    /** @param shown where scores are kept */
    Factors(ModelText model, Choices choices, ScoreMaths scores, String letters) {
        this.model = model;
        this.predicates = new Predicates(model);
        this.choices = choices;
        this.shown = scores.shown().orElseGet(() -> condition("shown", letters));
    }

    private String condition(String name, String letters) {
        return predicates.of(choices.in(name), letters);
    }

    Meaning on(Lettered p) {
        int kind = choices.below(24, "weighted");
        if (kind >= 20) {
            model.unsure();
        }
        return switch (kind) {
            case 8 -> Meaning.of(p.with("dropout(#, 0.1)"));
            case 9 ->
                weighted(
                        p,
                        "# * " + model.broadcast(p.letters(), choices, "factor").beside(p.letters()));
            case 10 -> kept(p, condition("kept", p.letters()));
            case 11 -> kept(p, shown);
            case 12 -> weighted(p, "# * " + flags(condition("kept", p.letters())) + " / 0.9");
            case 13 -> Meaning.of(p.with("-#"));
            case 14 ->
                weighted(
                        p,
                        "(1.0 + "
                                + model.broadcast(p.letters(), choices, "gate").beside(p.letters()) + ") * #");
            case 15 -> Meaning.of(p.with(GUARDED));
            case 16 -> Meaning.of(p.with("where(# == #, #, 0.0)"));
            case 17 -> Meaning.of(p.with(GUARDED).with("# * 0.5"));
            case 18 -> weighted(p, "# * (1.0 / " + flags(shown) + ")");
            case 19 -> weighted(p, "# / " + flags(shown));
            case 20 -> Meaning.of(p.with("where(" + condition("guarded", p.letters()) + ", " + GUARDED + ", #)"));
            case 21 -> kept(p.with(GUARDED), condition("kept", p.letters()));
            case 22 -> Meaning.of(p.with("where(# != # and " + condition("guarded", p.letters()) + ", 0.0, #)"));
            case 23 -> Meaning.of(p.with("where(# != #, 0.5, #)"));
            default -> Meaning.of(p);
        };
    }

    /** A probability of zero stays zero, whatever the factor. */
    private static Meaning weighted(Lettered p, String function) {
        return Meaning.inAttention(
                p.with(function),
                p.with("where(# == 0.0, 0.0, " + function + ")").text());
    }

    /** Keys taken out: what is no number is not hidden by it, unless none can stay. */
    private Meaning kept(Lettered p, String condition) {
        return Meaning.ofKept(
                p.with("where(" + condition + ", #, 0.0)"),
                p.with("# * " + flags(condition)).text());
    }

    private String flags(String condition) {
        return "cast(" + condition + ", " + model.real() + ")";
    }
}
