package heddle.tests.fuzz;

import heddle.compiler.type.DType;

/** One attention in a random spelling, or something close to one, written to a model. */
final class RandomAttention {
    private final ModelText model;
    private final Choices choices;
    private final NearMisses misses;
    private final ElementTypes types;

    /** The axes that scores and result have in common: {@code bh}, {@code bgr} for grouped heads, {@code x} for merged. */
    private final String batch;

    RandomAttention(ModelText model, Choices choices) {
        this.model = model;
        this.choices = choices;
        this.misses = new NearMisses(model, choices);
        this.types = ElementTypes.of(choices.in("types"));
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

    /** Writes it; the result is an output of the model. How many attentions must be fused; negative when that is open. */
    int write() {
        Operands x = Operands.read(model, choices, batch, types);
        model.real(types.product());
        Product product = new Product(model, choices, batch);
        Lettered k = misses.keys(x.k());
        Lettered s = model.let(product.scores(x.q(), k));
        boolean isSum = types.product().isFloat() && choices.happens(8, "products");
        boolean afterwards = isSum && types.isUniform() && choices.happens(30, "products afterwards");
        if (isSum && !afterwards) {
            s = model.let(withProduct(product, s, x.q()));
        }
        ScoreMaths maths = new ScoreMaths(model);
        boolean late = types.product().isFloat() && choices.happens(40, "cast late");
        if (!late) {
            s = cast(s, types.softmax());
        }
        s = misses.changedScores(maths.changed(misses.scores(s), choices.in("scores")));
        if (afterwards) {
            model.unsure(); // Not every change can be made after the sum as well.
            s = model.let(maths.stillMasked(withProduct(product, s, x.q())));
        }
        s = cast(s, types.softmax());
        int attentions = 1 + more(product, s, x, maths);
        if (misses.none() && types.isUniform() && choices.happens(6, "divided last")) {
            new Outcome(model, choices).write(model.let(dividedLast(product, s, x.v())));
            return model.isSure() ? attentions : -1;
        }
        if (misses.none() && types.isUniform() && choices.happens(6, "difference")) {
            new Outcome(model, choices).write(model.let(difference(product, s, x, maths)));
            return model.isSure() ? attentions + 1 : -1;
        }
        Lettered p = model.let(misses.softmax(s, maths));
        if (choices.happens(30, "narrowed early")) {
            p = narrowed(p);
        }
        p = misses.probabilities(p);
        Meaning weighted = new Factors(model, choices, maths, p.letters()).on(p);
        if (model.real() != types.values() && !weighted.written().equals(p)) {
            model.unsure(); // What is greater than a probability may overflow a narrower type.
        }
        p = model.let(weighted);
        p = misses.weightedProbabilities(narrowed(p));
        Meaning o = misses.result(p, x.v(), product);
        new Outcome(model, choices).write(model.let(o));
        if (choices.happens(8, "shared probabilities")) {
            attentions++;
            Lettered other = new Lettered(model.input(model.real() + model.shape(x.v().letters())), x.v().letters());
            model.output(model.let(product.values(p, other)).text());
        }
        return misses.none() && types.fuses() && model.isSure() ? attentions : -1;
    }

    /** Scores and another product. */
    private Lettered withProduct(Product product, Lettered s, Lettered q) {
        Lettered other = otherProduct(product, s, q);
        String sum = choices.of("sum", "# + @", "# - @", "@ + #", "# + 0.5 * @", "(# + @) / 2.0", "0.25 * # - @ / 4.0");
        return s.with(sum.replace("@", other.text()));
    }

    /** Other scores, of the same queries or of others, and of keys that heads may share. */
    private Lettered otherProduct(Product product, Lettered s, Lettered q) {
        model.length('f', choices.of("other features", "3", "1", "2"));
        boolean same = choices.happens(30, "same queries");
        Lettered queries = same ? q : input(batch + "if");
        String heads = choices.happens(40, "keys of all heads") ? batch.replaceAll("[hgrx]", "") : batch;
        Lettered keys = input(heads.replace("r", "") + (same ? "jd" : "jf"));
        return model.let(product.sumOf(queries, keys, s.letters()));
    }

    private Lettered input(String letters) {
        return new Lettered(model.input(model.real() + model.shape(letters)), letters);
    }

    /** The difference of two softmax, one of them scaled, that meet the values as one. */
    private Meaning difference(Product product, Lettered s, Operands x, ScoreMaths maths) {
        Lettered v = x.v();
        Lettered p = model.let(SoftmaxSpelling.softmax(s, 'j'));
        Lettered other = choices.happens(50, "of other queries")
                ? otherProduct(product, s, x.q())
                : maths.forOthers().changed(s.with("# * 0.75"), choices.in("other scores"));
        Lettered r = model.let(SoftmaxSpelling.softmax(other, 'j'));
        String scale = choices.happens(50, "scale tensor")
                ? model.broadcast(s.letters().replaceAll("[ij]", ""), choices, "scale")
                        .beside(s.letters())
                : "0.5";
        Lettered all = model.let(p.with("# - " + scale + " * " + r.text()));
        Lettered o = product.values(all, v).written();
        if (o.text().matches(".*(transpose|permute).*")) {
            model.unsure(); // Only differences that the product reads as they are are seen.
        }
        Lettered scaled = r.with("where(# == 0.0, 0.0, # * " + scale + ")");
        String meant = "(" + product.sum(p, v, o.letters()).fused() + " - "
                + product.sum(scaled, v, o.letters()).fused() + ")";
        return new Meaning(o, o.text(), meant, meant, meant);
    }

    /** The product of the exponentials with the values, divided by their sum. */
    private Meaning dividedLast(Product product, Lettered s, Lettered v) {
        Lettered y = model.let(choices.of("shift", s, s.with("# - " + s.reduced("max", 'j'))));
        Lettered e = model.let(y.with("exp(#)"));
        Lettered exponentials = product.values(e, v).written();
        if (exponentials.text().matches(".*(transpose|permute).*")) {
            model.unsure(); // Only exponentials that the product reads as they are are seen.
        }
        Lettered o = model.let(exponentials);
        Lettered sum = new Lettered(
                "sum(" + e.text() + ", axis = " + e.axis('j') + ")", e.letters().replace("j", ""));
        String divided = "(" + o.text() + " / " + model.let(sum).beside(o.letters()) + ")";
        Lettered p = SoftmaxSpelling.softmax(s, 'j');
        String meant = product.sum(p, v, o.letters()).fused();
        return new Meaning(new Lettered(divided, o.letters()), meant, meant, meant, meant);
    }

    /** More attentions of the same scores; how many. */
    private int more(Product product, Lettered s, Operands x, ScoreMaths maths) {
        int kind = choices.below(20, "shared scores");
        if (kind == 18) {
            Lettered other = maths.forOthers().changed(s.with("# * 0.75"), choices.in("other scores"));
            Lettered p = SoftmaxSpelling.softmax(other, 'j');
            Lettered o = model.let(product.values(narrowed(model.let(p)), x.v()));
            model.output(o.text());
            model.real(types.softmax());
            return 1;
        }
        if (kind == 19 && types.product() == types.values()) {
            model.unsure();
            Lettered p = narrowed(model.let(SoftmaxSpelling.softmax(s, 'i')));
            model.output(model.let(product.sum(p, x.q(), batch + "jd")).text());
            model.real(types.softmax());
        }
        return 0;
    }

    /** Probabilities in the type of the values. */
    private Lettered narrowed(Lettered p) {
        return cast(cast(p, types.probabilities()), types.values());
    }

    private Lettered cast(Lettered x, DType type) {
        if (model.real() == type) {
            return x;
        }
        model.real(type);
        return model.let(x.with("cast(#, " + type + ")"));
    }
}
