package heddle.compiler.op;

import heddle.compiler.index.ScalarReader;
import heddle.compiler.ir.Attributes;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a {@link FusedAttention} from its text form. */
final class AttentionReader {
    private static final List<String> PARTS = List.of("i", "j", "d", "e");

    private final Attributes text;
    private final List<Axis> batch = new ArrayList<>();
    private final List<Axis> parts = new ArrayList<>();
    private final ScalarExpr.Variable raw;
    private final ScalarExpr.Variable acc;
    private final ScalarReader reader;

    private AttentionReader(Attributes text) {
        this.text = text;
        this.raw = new ScalarExpr.Variable("score", text.dtype("compute", DType.F32));
        this.acc = new ScalarExpr.Variable("acc", raw.type());
        this.reader = new ScalarReader(axes(), buffers(), variables());
    }

    static FusedAttention read(Attributes text) {
        return new FusedAttention(text.operands(), new AttentionReader(text).body());
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

    private Map<String, Buffer> buffers() {
        Map<String, Buffer> buffers = new HashMap<>();
        for (int slot = 0; slot < text.operands().size(); slot++) {
            Buffer buffer = FusedAttention.operand(slot, text.operands().get(slot));
            buffers.put(buffer.name(), buffer);
        }
        return buffers;
    }

    private Attention body() {
        TensorType type = text.results().getFirst();
        return new Attention(
                batch,
                parts.get(0),
                parts.get(1),
                parts.get(2),
                parts.get(3),
                program("q"),
                program("k"),
                program("v"),
                raw,
                program("score"),
                text.optional("mask").map(m -> reader.read(m, DType.BOOL)),
                text.optional("weight").map(w -> reader.read(w, raw.type())),
                text.optional("sink").map(s -> reader.read(s, raw.type())),
                acc,
                text.optional("epilogue")
                        .map(e -> reader.read(e, type.dtype()))
                        .orElse(ScalarExpr.cast(type.dtype(), acc)),
                FusedAttention.result(type),
                reader.read(text.string("o"), DType.I64),
                logSumExp());
    }

    private Map<String, ScalarExpr> variables() {
        Map<String, ScalarExpr> variables = new HashMap<>();
        for (var variable : List.of(raw, acc, Attention.rowSum(raw.type()))) {
            variables.put(variable.name(), variable);
        }
        return variables;
    }

    private ScalarExpr program(String key) {
        return reader.read(text.string(key), raw.type());
    }

    private Optional<Attention.LogSumExp> logSumExp() {
        return text.optional("log_sum_exp")
                .map(address -> new Attention.LogSumExp(
                        FusedAttention.logSumExp(text.results().getLast()), reader.read(address, DType.I64)));
    }
}
