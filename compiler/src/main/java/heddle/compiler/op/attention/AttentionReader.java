package heddle.compiler.op.attention;

import heddle.compiler.index.ScalarReader;
import heddle.compiler.ir.Attributes;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes a {@link FusedAttention}, and the operations of its backward pass, from their text forms. */
public final class AttentionReader {
    private static final List<String> PARTS = List.of("i", "j", "d", "e");

    private final Attributes text;
    private final List<Axis> batch = new ArrayList<>();
    private final List<Axis> parts = new ArrayList<>();
    private final ScalarExpr.Variable raw;
    private final ScalarReader reader;

    private AttentionReader(Attributes text) {
        this.text = text;
        this.raw = new ScalarExpr.Variable("score", text.dtype("compute", DType.F32));
        this.reader = new ScalarReader(axes(), text.operands(), Map.of(raw.name(), raw));
    }

    public static FusedAttention read(Attributes text) {
        AttentionReader reader = new AttentionReader(text);
        return new FusedAttention(text.operands(), reader.definition(), reader.results());
    }

    /** Makes an {@link AttentionDelta} from its text form. */
    public static AttentionDelta delta(Attributes text) {
        AttentionReader reader = new AttentionReader(text);
        return new AttentionDelta(
                text.operands(),
                reader.definition(),
                reader.program(GradientText.COTANGENT),
                reader.program(GradientText.OUTPUT),
                reader.program(GradientText.ROW_MAX),
                reader.program(GradientText.ROW_SUM),
                text.optional(GradientText.LOG_SUM_EXP).map(x -> reader.reader.read(x, reader.raw.type())),
                reader.gradients());
    }

    /** Makes an {@link AttentionQueryGradient} from its text form. */
    public static AttentionQueryGradient queryGradient(Attributes text) {
        AttentionReader reader = new AttentionReader(text);
        return new AttentionQueryGradient(text.operands(), reader.backward(), reader.gradients());
    }

    /** Makes an {@link AttentionKeyValueGradient} from its text form. */
    public static AttentionKeyValueGradient keyValueGradient(Attributes text) {
        AttentionReader reader = new AttentionReader(text);
        return new AttentionKeyValueGradient(text.operands(), reader.backward(), reader.gradients());
    }

    private AttentionBackward backward() {
        return AttentionBackward.of(
                definition(),
                program(GradientText.COTANGENT),
                program(GradientText.ROW_MAX),
                program(GradientText.ROW_SUM),
                program(GradientText.DELTA));
    }

    private List<GradientResult> gradients() {
        List<String> kinds = text.strings(GradientText.KINDS);
        List<String> factors = text.strings(GradientText.FACTORS);
        List<List<String>> indexes = text.stringLists(GradientText.INDEXES);
        if (factors.size() != kinds.size()
                || indexes.size() != kinds.size()
                || text.results().size() != kinds.size()) {
            throw new IllegalArgumentException("each result has a kind, a factor and an index");
        }
        List<GradientResult> results = new ArrayList<>();
        for (int n = 0; n < kinds.size(); n++) {
            String kind = kinds.get(n);
            results.add(new GradientResult(
                    GradientResult.Kind.named(kind)
                            .orElseThrow(() -> new IllegalArgumentException("no gradient is of " + kind)),
                    reader.read(factors.get(n), raw.type()),
                    text.results().get(n),
                    indexes.get(n).stream().map(x -> reader.read(x, DType.I64)).toList()));
        }
        return results;
    }

    private Map<String, Axis> axes() {
        List<String> names = text.strings("batch");
        List<Dim> lengths = text.dims("lengths");
        if (lengths.size() != names.size() + PARTS.size()) {
            throw new IllegalArgumentException(
                    "attention has a length for each batch axis and for i, j, d and e, not " + lengths.size());
        }
        Map<String, Axis> axes = new HashMap<>();
        for (int n = 0; n < lengths.size(); n++) {
            boolean isBatch = n < names.size();
            Axis axis = new Axis(isBatch ? names.get(n) : PARTS.get(n - names.size()), lengths.get(n));
            (isBatch ? batch : parts).add(axis);
            axes.put(axis.name(), axis);
        }
        return axes;
    }

    private AttentionDefinition definition() {
        return new AttentionDefinition(
                batch,
                parts.get(0),
                parts.get(1),
                parts.get(2),
                parts.get(3),
                program("q"),
                program("k"),
                program("v"),
                GraphCatalogue.annihilating(text),
                raw,
                program("score"),
                text.optional("mask").map(m -> reader.read(m, DType.BOOL)),
                text.optional("weight").map(w -> reader.read(w, raw.type())),
                text.optional("sink").map(s -> reader.read(s, raw.type())),
                text.number("term", 0),
                text.values().containsKey("guarded") && text.flag("guarded"));
    }

    private ScalarExpr program(String key) {
        return reader.read(text.string(key), raw.type());
    }

    /** The results that the text has an index for, in the order of their types. */
    private List<AttentionResult> results() {
        List<AttentionResult.Kind> kinds = new ArrayList<>();
        for (String key : text.values().keySet()) {
            for (AttentionResult.Kind kind : AttentionResult.Kind.values()) {
                if (kind.text().equals(key)) {
                    kinds.add(kind);
                }
            }
        }
        if (kinds.size() != text.results().size()) {
            throw new IllegalArgumentException("attention says where it stores " + kinds.size() + " results, and has "
                    + text.results().size());
        }
        List<AttentionResult> results = new ArrayList<>();
        for (AttentionResult.Kind kind : kinds) {
            List<ScalarExpr> index = text.strings(kind.text()).stream()
                    .map(x -> reader.read(x, DType.I64))
                    .toList();
            results.add(new AttentionResult(kind, text.results().get(results.size()), index));
        }
        return results;
    }
}
