package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.Definition;
import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Words for values: what they are in an attention, else the module that computes them, else what was done last. */
final class ValueHints {
    private static final Pattern COUNT = Pattern.compile("[._]?[0-9]+$");
    private static final Pattern PART = Pattern.compile("_(embeddings|proj|projection)$");

    /** Modules whose names say where something is, not what. */
    private static final Set<String> PLAIN = Set.of(
            "self",
            "dense",
            "output",
            "attention",
            "attn",
            "self_attn",
            "layer",
            "layers",
            "encoder",
            "decoder",
            "model",
            "mlp",
            "layernorm",
            "layer_norm",
            "norm",
            "ln",
            "transformer",
            "block",
            "blocks",
            "h",
            "embeddings",
            "bert");

    private static final Map<String, String> MODULES = Map.ofEntries(
            Map.entry("query", "q"),
            Map.entry("key", "k"),
            Map.entry("value", "v"),
            Map.entry("q_proj", "q"),
            Map.entry("k_proj", "k"),
            Map.entry("v_proj", "v"),
            Map.entry("gate_proj", "gate"),
            Map.entry("up_proj", "up"),
            Map.entry("down_proj", "down"),
            Map.entry("out_proj", "out"),
            Map.entry("o_proj", "out"));

    private static final Map<String, String> OPERATIONS = Map.ofEntries(
            Map.entry("iota", "positions"),
            Map.entry("cos", "cosines"),
            Map.entry("sin", "sines"),
            Map.entry("gelu", "h"),
            Map.entry("gelu_tanh", "h"),
            Map.entry("relu", "h"),
            Map.entry("silu", "h"),
            Map.entry("softmax", "weights"),
            Map.entry("embed", "embedded"),
            Map.entry("gather", "picked"),
            Map.entry("concat", "joined"),
            Map.entry("cast", "converted"),
            Map.entry("where", "chosen"),
            Map.entry("mean", "mean"),
            Map.entry("sum", "total"));

    private final Map<Value, String> hints = new HashMap<>();
    private final Map<Value, Term> terms = new HashMap<>();

    /** @param scopes of the definitions of the model */
    ValueHints(FlatModel model, List<List<String>> scopes) {
        model.definitions().forEach(d -> {
            if (d.results().size() == 1) {
                terms.put(d.results().getFirst(), d.term());
            }
        });
        model.definitions().forEach(d -> products(d.term()));
        for (int i = 0; i < scopes.size(); i++) {
            Definition d = model.definitions().get(i);
            String done = operation(d.term());
            boolean turns = done.equals("cosines") || done.equals("sines");
            String hint = turns ? done : module(scopes.get(i)).orElse(done);
            d.results().forEach(v -> hints.putIfAbsent(v, hint));
        }
    }

    String of(Value value) {
        return hints.getOrDefault(value, "x");
    }

    private static Optional<String> module(List<String> scope) {
        if (scope.isEmpty()) {
            return Optional.empty();
        }
        String last = COUNT.matcher(scope.getLast().toLowerCase(Locale.ROOT)).replaceAll("");
        if (MODULES.containsKey(last)) {
            return Optional.of(MODULES.get(last));
        }
        String valid = Naming.valid(PART.matcher(last).replaceAll(""));
        return PLAIN.contains(last) || valid.isEmpty() || valid.length() > 12 ? Optional.empty() : Optional.of(valid);
    }

    private static String operation(Term term) {
        if (term instanceof Term.Subscript subscript) {
            return operation(subscript.operand());
        }
        if (term instanceof Term.Call call) {
            return OPERATIONS.getOrDefault(call.function(), "y");
        }
        return term instanceof Term.Infix infix && infix.operator().matches("==|!=|<=?|>=?|and|or") ? "condition" : "y";
    }

    /** Names what goes into a product with a softmax. */
    private void products(Term term) {
        if (term instanceof Term.Infix product && product.operator().equals("@")) {
            meaning(product.left()).filter(ValueHints::isSoftmax).ifPresent(softmax -> {
                name(product.right(), "v");
                Term scores = ((Term.Call) softmax).arguments().getFirst().term();
                name(scores, "scores");
                scores(scores, 0);
            });
        }
    }

    private void scores(Term term, int depth) {
        Optional<Term> meaning = meaning(term);
        if (meaning.isEmpty() || depth > 8) {
            return;
        }
        if (meaning.get() instanceof Term.Infix infix) {
            if (infix.operator().equals("@")) {
                name(term, "scores");
                name(infix.left(), "q");
                name(infix.right(), "k");
                return;
            }
            boolean left = leadsToProduct(infix.left(), 0);
            if (infix.operator().equals("+")) {
                name(left ? infix.right() : infix.left(), "mask");
            }
            name(term, "scores");
            scores(left ? infix.left() : infix.right(), depth + 1);
        } else if (meaning.get() instanceof Term.Call call && call.function().equals("where")) {
            name(call.arguments().getFirst().term(), "mask");
            name(term, "scores");
            call.arguments().forEach(a -> scores(a.term(), depth + 1));
        }
    }

    private boolean leadsToProduct(Term term, int depth) {
        Optional<Term> meaning = meaning(term);
        if (depth > 8 || meaning.isEmpty()) {
            return false;
        }
        if (meaning.get() instanceof Term.Call call && call.function().equals("where")) {
            return call.arguments().stream().anyMatch(a -> leadsToProduct(a.term(), depth + 1));
        }
        return meaning.get() instanceof Term.Infix infix
                && (infix.operator().equals("@")
                        || leadsToProduct(infix.left(), depth + 1)
                        || leadsToProduct(infix.right(), depth + 1));
    }

    private static boolean isSoftmax(Term term) {
        return term instanceof Term.Call call && call.function().equals("softmax");
    }

    private Optional<Term> meaning(Term term) {
        return term instanceof Term.Ref ref ? Optional.ofNullable(terms.get(ref.value())) : Optional.of(term);
    }

    private void name(Term term, String hint) {
        if (term instanceof Term.Ref ref) {
            hints.putIfAbsent(ref.value(), hint);
        }
    }
}
