package heddle.compiler.op;

import heddle.compiler.ir.Attributes;
import heddle.compiler.ir.Catalogue;
import heddle.compiler.op.attention.AttentionDelta;
import heddle.compiler.op.attention.AttentionKeyValueGradient;
import heddle.compiler.op.attention.AttentionQueryGradient;
import heddle.compiler.op.attention.AttentionReader;
import heddle.compiler.op.gradient.Anchor;
import heddle.compiler.op.gradient.FirstOrder;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Place;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Scatter;
import heddle.compiler.op.layout.ScatterAlong;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.Locale;

/** The primitive operations by their names in the text form, one line each. */
public final class GraphCatalogue {
    /** All of them. */
    public static final Catalogue PRIMITIVES = reductions(scalarFunctions(Catalogue.EMPTY
            .with("input", a -> new Input(a.string("name"), a.result()))
            .with("weight", Weight::read)
            .with("constant", a -> new Constant(a.result(), a.numbers("values")))
            .with("length", a -> new Length(a.dim("dim"), a.result().dtype()))
            .with("iota", a -> new Iota(a.dim("length")))
            .with("cast", a -> new Cast(a.result().dtype()))
            .with("permute", a -> new Permute(a.integers("order")))
            .with("reshape", a -> new Reshape(a.result().shape()))
            .with("expand", a -> new Expand(a.result().shape()))
            .with("slice", a -> new Slice(a.dims("starts"), a.dims("lengths"), a.longs("steps")))
            .with("concat", a -> new Concat(a.integer("axis")))
            .with("pad", a -> new Pad(a.dims("low"), a.dims("high"), a.number("value")))
            .with("gather", a -> new Gather(a.integer("axis")))
            .with("take_along", a -> new TakeAlong(a.integer("axis")))
            .with("contract", a -> new Contract(a.string("equation"), annihilating(a)))
            .with("softmax", a -> new Softmax(a.integer("axis"), a.number("term", 0)))
            .with(
                    "place",
                    a -> new Place(
                            a.dims("starts"), a.longs("steps"), a.result().shape()))
            .with("gradient", a -> new Gradient())
            .with("anchor", a -> new Anchor())
            .with("first_order", a -> new FirstOrder(a.string("of")))
            .with("stop_gradient", a -> new StopGradient())
            .with("dropout", a -> new Dropout(a.number("p"), (int) a.number("ordinal", 0)))
            .with("attention", AttentionReader::read)
            .with(AttentionDelta.NAME, AttentionReader::delta)
            .with(AttentionKeyValueGradient.NAME, AttentionReader::keyValueGradient)
            .with(AttentionQueryGradient.NAME, AttentionReader::queryGradient)));

    private GraphCatalogue() {}

    private static Catalogue scalarFunctions(Catalogue catalogue) {
        Catalogue all = catalogue;
        for (ScalarFn fn : ScalarFn.values()) {
            all = Elementwise.isOperation(fn) ? all.with(fn.text(), a -> new Elementwise(fn)) : all;
        }
        return all;
    }

    /** Whose zeros add nothing to a product, as the text form has it. */
    public static Annihilating annihilating(Attributes text) {
        String name = text.optional("annihilating").orElse(Annihilating.NEITHER.text());
        return Annihilating.named(name)
                .orElseThrow(() -> new IllegalArgumentException("annihilating is left or right, not " + name));
    }

    private static Catalogue reductions(Catalogue catalogue) {
        Catalogue all = catalogue;
        for (Reduction kind : Reduction.values()) {
            String name = "reduce_" + kind.name().toLowerCase(Locale.ROOT);
            all = all.with(name, a -> new Reduce(kind, a.integers("axes"), a.flag("keep_dims")))
                    .with(Scatter.name(kind), a -> new Scatter(a.integer("axis"), a.dim("size"), kind))
                    .with(ScatterAlong.name(kind), a -> new ScatterAlong(a.integer("axis"), a.dim("size"), kind));
        }
        return all;
    }
}
