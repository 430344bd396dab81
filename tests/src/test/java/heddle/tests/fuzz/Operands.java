package heddle.tests.fuzz;

/** Queries, keys and values of an attention. Keys and values lack the axis {@code r} of queries that share them. */
record Operands(Lettered q, Lettered k, Lettered v) {
    /** Queries and keys in the type of their product. */
    static Operands read(ModelText model, Choices choices, String batch, ElementTypes types) {
        model.real(types.stored());
        Sources sources = new Sources(model, choices);
        String heads = batch.equals("x") ? "bh" : batch;
        boolean shares = !model.length('r').equals("1");
        String keyHeads = heads.equals("bgr") ? "bg" : shares ? heads.replace('h', 'g') : heads;
        boolean alike = types.stored().isFloat()
                && types.packs()
                && keyHeads.equals(heads)
                && model.length('i').equals(model.length('j'))
                && model.length('d').equals(model.length('e'));
        if (alike && choices.happens(40, "packed")) {
            sources.pack(heads + "id");
            return new Operands(
                            sources.part(0, ""),
                            relettered(sources.part(1, ""), 'd'),
                            relettered(sources.part(2, ""), 'e'))
                    .with(sources, model, batch, choices)
                    .in(types, model);
        }
        boolean alone = heads.equals("bh") && choices.happens(5, "one head repeated");
        Lettered q = alone ? sources.oneHead(heads + "id") : sources.part(0, heads + "id");
        Lettered k = alone ? sources.oneHead(heads + "jd") : sources.part(1, keyHeads + "jd");
        boolean cached = choices.happens(15, "cache") && types.stored().isFloat();
        k = cached ? sources.afterPast(k, "past keys") : k;
        model.real(types.values());
        Lettered v = sources.part(2, keyHeads + "je");
        v = cached ? sources.afterPast(v, "past values") : v;
        if (cached) {
            model.length('j', "(" + model.length('j') + " + 2)");
        }
        return new Operands(q, k, v).with(sources, model, batch, choices).in(types, model);
    }

    private Operands in(ElementTypes types, ModelText model) {
        if (types.stored() == types.product()) {
            return this;
        }
        String cast = "cast(#, " + types.product() + ")";
        return new Operands(model.let(q.with(cast)), model.let(k.with(cast)), v);
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
