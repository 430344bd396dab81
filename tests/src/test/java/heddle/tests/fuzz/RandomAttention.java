package heddle.tests.fuzz;

/** One attention in a random spelling, or something close to one, written to a model. */
final class RandomAttention {
    private final ModelText model;
    private final Choices choices;
    private final NearMisses misses;

    /** The axes that scores and result have in common: {@code bh}, {@code bgr} for grouped heads, {@code x} for merged. */
    private final String batch;

    RandomAttention(ModelText model, Choices choices) {
        this.model = model;
        this.choices = choices;
        this.misses = new NearMisses(model, choices);
        this.batch = choices.of("form", "bh", "bh", "bh", "bgr", "x", "b", "");
        lengths();
    }

    private void lengths() {
        int r = choices.of("sharing", 1, 1, 2, 3);
        int g = choices.of("key heads", 2, 1, 3);
        model.length('b', "B");
        model.length('g', "" + g);
        model.length('r', "" + r);
        model.length('h', "" + g * r);
        model.length('x', "B * " + g * r);
        model.length('i', "N");
        model.length('j', choices.happens(30, "self") ? "N" : "M");
        int d = choices.of("features", 4, 1, 2, 3, 5, 8);
        model.length('d', "" + d);
        model.length('e', "" + (choices.happens(40, "other columns") ? choices.of("columns", 6, 1, 2, 7) : d));
    }

    /** Writes it; the result is an output of the model. True when it must be fused. */
    boolean write() {
        Operands x = Operands.read(model, choices, batch);
        Lettered k = misses.keys(x.k());
        Lettered s = model.let(scores(x.q(), k));
        ScoreMaths maths = new ScoreMaths(model);
        s = misses.changedScores(maths.changed(misses.scores(s), choices.in("scores")));
        Lettered p = model.let(misses.softmax(s, softmax(s)));
        p = model.let(maths.weighted(misses.probabilities(p), choices));
        p = misses.weightedProbabilities(p);
        Lettered o = misses.result(p, x.v(), values(p, x.v()));
        new Outcome(model, choices).write(model.let(o));
        return misses.none();
    }

    private Lettered scores(Lettered q, Lettered k) {
        String outer = batchOf(k);
        Lettered rows = q.to(batch + "id");
        return switch (choices.below(outer.length() < batch.length() && batch.equals("bh") ? 2 : 4, "scores")) {
            case 0 -> matmul(rows, grouped(k.to(outer + "dj")), batch + "ij");
            case 1 -> matmul(grouped(k.to(outer + "jd")), q.to(batch + "di"), batch + "ji");
            default -> einsum(q, k, choices.shuffled(batch + "ij", "score order"), "scores");
        };
    }

    private Lettered values(Lettered p, Lettered v) {
        String outer = batchOf(v);
        return switch (choices.below(outer.length() < batch.length() && batch.equals("bh") ? 2 : 4, "values")) {
            case 0 -> matmul(p.to(batch + "ij"), grouped(v.to(outer + "je")), batch + "ie");
            case 1 -> matmul(grouped(v.to(outer + "ej")), p.to(batch + "ji"), batch + "ei");
            default -> einsum(p, v, choices.shuffled(batch + "ie", "result order"), "values");
        };
    }

    /** The axes of keys or values that the batch has, in its order. */
    private String batchOf(Lettered x) {
        return (batch.equals("bh") ? "bgh" : batch).replaceAll("[^" + x.letters() + "]", "");
    }

    /** Keys or values of a group of heads broadcast in a product. */
    private Lettered grouped(Lettered x) {
        int axis = x.axis('g');
        return batch.equals("bgr") ? new Lettered(x.text() + "[" + ":, ".repeat(axis + 1) + "new]", "") : x;
    }

    private static Lettered matmul(Lettered a, Lettered b, String letters) {
        return new Lettered("(" + a.text() + " @ " + b.text() + ")", letters);
    }

    private Lettered einsum(Lettered a, Lettered b, String letters, String name) {
        boolean exchanged = choices.happens(30, name + " exchanged");
        Lettered first = exchanged ? b : a;
        Lettered second = exchanged ? a : b;
        String equation = first.letters() + "," + second.letters() + "->" + letters;
        return new Lettered("einsum(\"" + equation + "\", " + first.text() + ", " + second.text() + ")", letters);
    }

    private Lettered softmax(Lettered s) {
        int axis = s.axis('j');
        int spelling = choices.below(10, "softmax");
        if (spelling == 4 || spelling >= 6) {
            model.allow(Allowance.REPAIRS);
            model.allow(
                    Allowance.HIDES); // Infinity over infinity is one element of a row as it is written, and the whole
            // row of a softmax.
        }
        String max = s.reduced("max", 'j');
        return switch (spelling) {
            case 3 ->
                new Lettered(
                        "softmax(" + s.text() + ", axis = "
                                + (axis - s.letters().length()) + ")",
                        s.letters());
            case 4 -> new Lettered("softmax(" + s.text() + " - " + max + ", axis = " + axis + ")", s.letters());
            case 5 -> {
                model.allow(Allowance.ROUNDS);
                yield new Lettered("cast(softmax(cast(" + s.text() + ", f64), axis = " + axis + "), f32)", s.letters());
            }
            case 6 -> normalised(model.let(s.with("exp(# - " + max + ")")));
            case 7 -> normalised(model.let(s.with("exp(#)")));
            case 8 -> {
                Lettered e = model.let(s.with("exp(# - stop_gradient(" + max + "))"));
                yield e.with("# * (1.0 / " + e.reduced("sum", 'j') + ")");
            }
            case 9 -> {
                Lettered e = model.let(s.with("exp(# - unsqueeze(max(#, axis = " + axis + "), " + axis + "))"));
                yield e.with("# / unsqueeze(sum(#, axis = " + axis + "), " + axis + ")");
            }
            default -> new Lettered("softmax(" + s.text() + ", axis = " + axis + ")", s.letters());
        };
    }

    private static Lettered normalised(Lettered e) {
        return e.with("# / " + e.reduced("sum", 'j'));
    }
}
