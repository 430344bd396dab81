package heddle.tests.fuzz;

/** What becomes of the result of an attention: an output as it is, in another layout, or computed with. */
final class Outcome {
    private final ModelText model;
    private final Choices choices;

    Outcome(ModelText model, Choices choices) {
        this.model = model;
        this.choices = choices.in("outcome");
    }

    void write(Lettered o) {
        Lettered laid = choices.happens(60, "laid out") ? model.let(laidOut(o)) : o;
        switch (choices.below(8, "kind")) {
            case 5 -> model.output("gelu(" + laid.text() + ") + 0.5");
            case 6 -> {
                char columns = laid.letters().charAt(laid.letters().length() - 1);
                model.output(laid.text() + " @ " + model.input(model.real() + "[" + model.length(columns) + ", 3]"));
            }
            case 7 -> {
                model.output(laid.text());
                model.output(laid.text());
            }
            default -> model.output(laid.text());
        }
    }

    /** Permuted, and where heads stand beside columns both merged. */
    private Lettered laidOut(Lettered o) {
        String heads = o.letters().replaceAll("[bije]", "");
        if (heads.equals("x")) {
            String rest = o.letters().replace("x", "");
            Lettered first = o.to("x" + rest);
            return new Lettered("split_axis(" + first.text() + ", 0, [B, " + model.length('h') + "])", "bh" + rest);
        }
        if (heads.isEmpty() || choices.happens(30, "only permuted")) {
            return o.to(choices.shuffled(o.letters(), "order"));
        }
        Lettered last = o.to("bi" + heads + "e");
        model.length(
                '*',
                model.length('e') + " * "
                        + String.join(
                                " * ",
                                heads.chars()
                                        .mapToObj(c -> model.length((char) c))
                                        .toList()));
        return new Lettered("merge_axes(" + last.text() + ", 2, " + (2 + heads.length()) + ")", "bi*");
    }
}
