package heddle.compiler.frontend;

import heddle.compiler.frontend.function.Catalogue;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Suggest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Suggests what an unknown name may have been meant to be. */
final class Remedies {
    /** Names from other systems for things that have another name here. */
    private static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("arange", "iota(n)"),
            Map.entry("range", "iota(n)"),
            Map.entry("view", "reshape(x, shape)"),
            Map.entry("cat", "concat([a, b], axis)"),
            Map.entry("concatenate", "concat([a, b], axis)"),
            Map.entry("chunk", "split(x, parts, axis)"),
            Map.entry("mm", "a @ b"),
            Map.entry("bmm", "a @ b"),
            Map.entry("dot", "a @ b"),
            Map.entry("maximum", "max(a, b)"),
            Map.entry("minimum", "min(a, b)"),
            Map.entry("clamp", "min(max(x, low), high)"),
            Map.entry("clip", "min(max(x, low), high)"),
            Map.entry("masked_fill", "where(mask, value, x)"),
            Map.entry("select", "where(condition, a, b)"),
            Map.entry("swapaxes", "transpose(x, a, b)"),
            Map.entry("repeat_interleave", "repeat(x, n, axis)"),
            Map.entry("broadcast_to", "expand(x, shape)"),
            Map.entry("embedding", "embed(ids, table)"),
            Map.entry("astype", "cast(x, dtype)"),
            Map.entry("to", "cast(x, dtype)"),
            Map.entry("len", "size(x, axis)"),
            Map.entry("ndim", "rank(x)"),
            Map.entry("tril", "iota(n)[:, new] >= iota(n)"),
            Map.entry("triu", "iota(n)[:, new] <= iota(n)"),
            Map.entry("swish", "silu(x)"),
            Map.entry("detach", "stop_gradient(x)"),
            Map.entry("attention", "softmax(q @ transpose(k) / sqrt(size(q, -1))) @ v"),
            Map.entry("linear", "x @ weight \"name\" : f32[inputs, outputs]"));

    private Remedies() {}

    /** A remedy for a name that is not declared. */
    static Optional<String> name(String name, Scope scope) {
        List<String> known = new ArrayList<>(scope.names());
        Arrays.stream(DType.values()).map(DType::text).forEach(known::add);
        return Suggest.closest(name, known).map(Remedies::question);
    }

    /** A remedy for a function that is not there. */
    static Optional<String> function(String name, Scope scope) {
        if (ELSEWHERE.containsKey(name)) {
            return Optional.of("write `" + ELSEWHERE.get(name) + "`");
        }
        List<String> known = new ArrayList<>(scope.names());
        known.addAll(Catalogue.names());
        return Suggest.closest(name, known).map(Remedies::question);
    }

    /** A remedy for an element type that is not there. */
    static String elementType(String name) {
        return switch (name) {
            case "float", "float32", "fp32" -> "write `f32`";
            case "double", "float64" -> "write `f64`";
            case "half", "float16", "fp16" -> "write `f16`";
            case "bfloat16" -> "write `bf16`";
            case "int", "int32" -> "write `i32`";
            case "long", "int64" -> "write `i64`";
            case "boolean" -> "write `bool`";
            default ->
                Suggest.closest(
                                name,
                                Arrays.stream(DType.values()).map(DType::text).toList())
                        .map(Remedies::question)
                        .orElse("write one of them");
        };
    }

    private static String question(String name) {
        return "did you mean `" + name + "`?";
    }
}
