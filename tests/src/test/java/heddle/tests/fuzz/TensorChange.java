package heddle.tests.fuzz;

import java.util.List;

/** A change of a tensor that keeps its shape but is no function of single elements: mixing, shifting, normalising. */
final class TensorChange {
    private final ModelText model;
    private final Choices choices;

    TensorChange(ModelText model, Choices choices) {
        this.model = model;
        this.choices = choices.in("change");
    }

    Lettered of(Lettered x) {
        return meaning(x).written();
    }

    /** Of scores: their maximum over the keys, added to all of a row, changes no softmax. */
    Meaning ofScores(Lettered s) {
        Lettered changed = of(s);
        return changed.equals(s.with("# + " + s.reduced("max", 'j')))
                ? Meaning.inAttention(changed, s.text())
                : Meaning.of(changed);
    }

    /** Of probabilities: mixing them along the keys may be a product with values of its own. */
    Meaning meaning(Lettered x) {
        char axis =
                choices.of("along", x.letters().chars().mapToObj(c -> (char) c).toList());
        int kind = choices.below(15, "change");
        return kind == 7 ? mixed(x, axis) : Meaning.of(change(kind, x, axis));
    }

    private Lettered change(int kind, Lettered x, char axis) {
        String n = "" + x.axis(axis);
        String length = model.length(axis);
        return switch (kind) {
            case 0 -> x.with("# - " + x.reduced("mean", axis));
            case 1 -> x.with("# / (1.0 + " + x.with("abs(#)").reduced("max", axis) + ")");
            case 2 -> x.with("normalize(#, axis = " + n + ", eps = 0.5)");
            case 3 -> x.with("log_softmax(#, axis = " + n + ")");
            case 4 -> x.with("pad(#, [1, 0], axis = " + n + ")").part(axis, "0:" + length);
            case 5 -> x.with("concat([#, # * 0.5], axis = " + n + ")").part(axis, length + ":2 * " + length);
            case 6 -> x.with("gather(#, (" + length + " - 1) - iota(" + length + "), axis = " + n + ")");
            case 8 -> {
                model.output(x.text());
                yield x;
            }
            case 9 -> {
                model.output("sum(" + x.text() + ", axis = " + n + ")");
                yield x;
            }
            case 10 -> x.with("where(# >= " + x.reduced("mean", axis) + ", #, -inf)");
            case 11 -> swapped(x);
            case 12 -> reshaped(x);
            case 13 ->
                x.with("# + take_along(#, iota(" + length + ")" + along(x, axis) + " div 2 + " + zeros(x) + ", axis = "
                        + n + ")");
            default -> x.with("# + " + x.reduced("max", axis));
        };
    }

    /** Whatever a probability of zero is multiplied with does not count. */
    private Meaning mixed(Lettered x, char axis) {
        Lettered matrix = new Lettered(matrix(model.length(axis)), "z" + axis);
        String all = x.letters() + "z";
        String p = x.beside(all);
        Lettered sum = new Lettered(
                "sum(where(" + p + " == 0.0, 0.0, " + p + " * " + matrix.beside(all) + "), axis = " + x.axis(axis)
                        + ")",
                all.replace("" + axis, ""));
        return Meaning.inAttention(
                x.mixed(matrix.text(), axis),
                sum.to(x.letters().replace(axis, 'z')).text());
    }

    /** Lower triangular, so that the product with it is a cumulative sum, or full. */
    private String matrix(String length) {
        String columns = "iota(" + length + ")[new, :]";
        String rows = "iota(" + length + ")[:, new]";
        return choices.happens(50, "cumulated")
                ? "cast(" + columns + " <= " + rows + ", " + model.real() + ")"
                : model.input(model.real() + "[" + length + ", " + length + "]");
    }

    private String along(Lettered x, char axis) {
        return new Lettered("", "" + axis).beside(x.letters());
    }

    private String zeros(Lettered x) {
        return "zeros(" + model.shape(x.letters()) + ", dtype = i64)";
    }

    /** Plus itself with two axes of one length exchanged. */
    private Lettered swapped(Lettered x) {
        List<String> pairs = x.letters()
                .chars()
                .boxed()
                .flatMap(a -> x.letters()
                        .chars()
                        .filter(b -> b > a && model.length((char) b).equals(model.length((char) (int) a)))
                        .mapToObj(b -> "" + (char) (int) a + (char) b))
                .toList();
        if (pairs.isEmpty()) {
            return x.with("# * 2.0");
        }
        String pair = choices.of("pair", pairs);
        String order = x.letters()
                .replace(pair.charAt(0), '?')
                .replace(pair.charAt(1), pair.charAt(0))
                .replace('?', pair.charAt(1));
        return x.with(choices.of("sum", "", "# + ") + x.to(order).text());
    }

    /** The elements in another order of axes, taken for this one. */
    private Lettered reshaped(Lettered x) {
        String order = choices.shuffled(x.letters(), "order");
        return x.with("reshape(" + x.to(order).text() + ", " + model.shape(x.letters()) + ")");
    }
}
