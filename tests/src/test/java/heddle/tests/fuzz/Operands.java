package heddle.tests.fuzz;

/** Queries, keys and values of an attention. Keys and values lack the axis {@code r} of queries that share them. */
record Operands(Lettered q, Lettered k, Lettered v) {
    static Operands read(ModelText model, Choices choices, String batch) {
        Sources sources = new Sources(model, choices);
        String heads = batch.equals("x") ? "bh" : batch;
        boolean shares = !model.length('r').equals("1");
        String keyHeads = heads.equals("bgr") ? "bg" : shares ? heads.replace('h', 'g') : heads;
        boolean alike = keyHeads.equals(heads)
                && model.length('i').equals(model.length('j'))
                && model.length('d').equals(model.length('e'));
        if (alike && choices.happens(40, "packed")) {
            sources.pack(heads + "id");
            return new Operands(
                            sources.part(0, ""),
                            relettered(sources.part(1, ""), 'd'),
                            relettered(sources.part(2, ""), 'e'))
                    .with(sources, model, batch, choices);
        }
        Lettered q = sources.part(0, heads + "id");
        Lettered k = sources.part(1, keyHeads + "jd");
        Lettered v = sources.part(2, keyHeads + "je");
        if (choices.happens(15, "cache")) {
            k = sources.afterPast(k, "past keys");
            v = sources.afterPast(v, "past values");
            model.length('j', "(" + model.length('j') + " + 2)");
        }
        return new Operands(q, k, v).with(sources, model, batch, choices);
    }

    private static Lettered relettered(Lettered x, char feature) {
        return new Lettered(x.text(), x.letters().replace('i', 'j').replace('d', feature));
    }

    /** Key heads repeated where the attention has none of its own, batch and heads merged where it wants them so. */
    private Operands with(Sources sources, ModelText model, String batch, Choices choices) {
        if (batch.equals("bh") && model.length('g').equals("1") && choices.happens(50, "broadcast")) {
            return this;
        }
        boolean repeats = !batch.equals("bgr");
        Lettered keys = repeats ? sources.repeated(k, "repeated") : k;
        Lettered values = repeats ? sources.repeated(v, "repeated") : v;
        return batch.equals("x")
                ? new Operands(merged(model.let(q)), merged(model.let(keys)), merged(model.let(values)))
                : new Operands(model.let(q), model.let(keys), model.let(values));
    }

    private static Lettered merged(Lettered x) {
        String rest = x.letters().replaceAll("[bh]", "");
        return new Lettered("merge_axes(" + x.to("bh" + rest).text() + ", 0, 1)", "x" + rest);
    }
}
