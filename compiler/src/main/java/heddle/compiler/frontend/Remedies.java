package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Scope;
import heddle.compiler.type.DType;
import heddle.dsl.ast.Expr;
import heddle.dsl.diagnostic.Suggest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Suggests what an unknown name may have been meant to be. */
final class Remedies {
    /** Names from other systems for things that have another name here. */
    private static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("arange", "range(from, to, step)"),
            Map.entry("view", "reshape(x, shape)"),
            Map.entry("cat", "concat([a, b], axis)"),
            Map.entry("concatenate", "concat([a, b], axis)"),
            Map.entry("chunk", "split(x, parts, axis)"),
            Map.entry("mm", "a @ b"),
            Map.entry("bmm", "a @ b"),
            Map.entry("dot", "a @ b"),
            Map.entry("maximum", "max(a, b)"),
            Map.entry("minimum", "min(a, b)"),
            Map.entry("clamp", "clip(x, low, high)"),
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
            Map.entry("tril", "trilu(x)"),
            Map.entry("triu", "trilu(x, upper = true)"),
            Map.entry("swish", "silu(x)"),
            Map.entry("detach", "stop_gradient(x)"),
            Map.entry("conv1d", "conv(x, weight, bias)"),
            Map.entry("conv2d", "conv(x, weight, bias)"),
            Map.entry("interpolate", "resize(x, sizes)"),
            Map.entry("argsort", "topk(x, size(x, axis), axis)[1]"),
            Map.entry("sort", "topk(x, size(x, axis), axis, largest = false)[0]"),
            Map.entry("isfinite", "abs(x) < inf"),
            Map.entry("square", "x * x"),
            Map.entry("reciprocal", "1.0 / x"),
            Map.entry("neg", "-x"),
            Map.entry("mul", "a * b"),
            Map.entry("add", "a + b"),
            Map.entry("sub", "a - b"),
            Map.entry("div", "a / b"),
            Map.entry("power", "x ** exponent"),
            Map.entry("logical_and", "a and b"),
            Map.entry("logical_or", "a or b"),
            Map.entry("logical_not", "not a"),
            Map.entry("zeros_like", "zeros(shape(x), dtype)"),
            Map.entry("ones_like", "ones(shape(x), dtype)"),
            Map.entry("full_like", "full(shape(x), value)"),
            Map.entry("eye", "iota(n)[:, new] == iota(n)"),
            Map.entry("flatten", "merge_axes(x, first, last)"),
            Map.entry("expand_dims", "unsqueeze(x, axis)"),
            Map.entry("moveaxis", "permute(x, order)"),
            Map.entry("logsumexp", "m + log(sum(exp(x - m), axis, true)), where m = max(x, axis, true)"),
            Map.entry("cross_entropy", "-mean(take_along(log_softmax(logits), classes[..., new], axis = -1))"),
            Map.entry("roll", "concat([x[-n:], x[:-n]], axis)"),
            Map.entry("amax", "max(x, axis, keepdims)"),
            Map.entry("amin", "min(x, axis, keepdims)"),
            Map.entry("var", "mean((x - mean(x, axis, true)) ** 2, axis)"),
            Map.entry("float", "cast(x, f32)"),
            Map.entry("int", "cast(x, i64)"),
            Map.entry("Tensor", "tensor([1.0, 2.0])"),
            Map.entry("array", "tensor([1.0, 2.0])"),
            Map.entry("gelu_new", "gelu_tanh(x)"),
            Map.entry("scaled_dot_product_attention", "softmax(q @ transpose(k) / sqrt(size(q, -1))) @ v"),
            Map.entry("weight", "weight \"name in the file\" : f32[rows, columns]"),
            Map.entry("attention", "softmax(q @ transpose(k) / sqrt(size(q, -1))) @ v"),
            Map.entry("linear", "x @ weight \"name\" : f32[inputs, outputs]"));

    /** What other systems call values that go by another name here. */
    private static final Map<String, String> VALUES = Map.ofEntries(
            Map.entry("True", "write `true`"),
            Map.entry("False", "write `false`"),
            Map.entry(
                    "None",
                    "there is no value for nothing: leave the argument out; an axis of length one is `x[:, new]`"),
            Map.entry("null", "there is no value for nothing: leave the argument out"),
            Map.entry("newaxis", "write `new`, in brackets: `x[:, new]`"),
            Map.entry("Inf", "write `inf`"),
            Map.entry("Infinity", "write `inf`"),
            Map.entry("infinity", "write `inf`"),
            Map.entry("nan", "there is no name for it: write `0.0 * inf` beside a tensor"),
            Map.entry("pi", "write `3.141592653589793`"),
            Map.entry("torch", "functions stand in no module: write `softmax(x)`"),
            Map.entry("np", "functions stand in no module: write `softmax(x)`"),
            Map.entry("self", "values are seen by their names alone: write `x`"));

    /** What other systems call element types. */
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("float", "f32"),
            Map.entry("float32", "f32"),
            Map.entry("fp32", "f32"),
            Map.entry("double", "f64"),
            Map.entry("float64", "f64"),
            Map.entry("half", "f16"),
            Map.entry("float16", "f16"),
            Map.entry("fp16", "f16"),
            Map.entry("bfloat16", "bf16"),
            Map.entry("int", "i32"),
            Map.entry("int32", "i32"),
            Map.entry("long", "i64"),
            Map.entry("int64", "i64"),
            Map.entry("boolean", "bool"));

    private Remedies() {}

    /** Whether what was called as a function is written another way, which no arguments fit. */
    static boolean isSyntax(String function) {
        return function.equals("weight");
    }

    /** A remedy for a name that is not declared. */
    static Optional<String> name(String name, Scope scope) {
        if (VALUES.containsKey(name)) {
            return Optional.of(VALUES.get(name));
        }
        if (TYPES.containsKey(name)) {
            return Optional.of(elementType(name));
        }
        List<String> types = Arrays.stream(DType.values()).map(DType::text).toList();
        List<String> known = new ArrayList<>(scope.names());
        known.addAll(types);
        return Suggest.closest(name, known)
                .map(Remedies::question)
                .or(() -> Optional.of(name)
                        .filter(n -> n.matches("u?int\\d*|float\\d+|[uif]\\d+|complex\\d*"))
                        .map(n -> "the element types are " + String.join(", ", types)));
    }

    /** A remedy for a call of a function that is not there. */
    static Optional<String> function(Expr.Call call, Scope scope) {
        String name = call.callee().text();
        Optional<Expr> first = call.arguments().stream()
                .filter(a -> a.name().isEmpty())
                .map(Expr.Argument::value)
                .findFirst();
        Optional<String> number = first.filter(e -> TYPES.containsKey(name)).flatMap(Remedies::number);
        if (number.isPresent()) {
            return number;
        }
        if (ELSEWHERE.containsKey(name)) {
            String x = first.filter(e -> e instanceof Expr.Ref)
                    .map(e -> e.span().text())
                    .orElse("x");
            return Optional.of("write `" + ELSEWHERE.get(name).replaceAll("\\bx\\b", x) + "`");
        }
        List<String> known = new ArrayList<>(scope.names());
        known.addAll(Catalogue.names());
        return Suggest.closest(name, known).map(Remedies::question);
    }

    /** What to write for {@code float("-inf")}, the way to write infinity in Python. */
    private static Optional<String> number(Expr text) {
        if (!(text instanceof Expr.StringLiteral)) {
            return Optional.empty();
        }
        String word = text.span().text().replaceAll("[\"' ]", "").toLowerCase(Locale.ROOT);
        return switch (word) {
            case "inf", "+inf", "infinity", "+infinity" -> Optional.of("write `inf`");
            case "-inf", "-infinity" -> Optional.of("write `-inf`");
            case "nan" -> Optional.of(VALUES.get("nan"));
            default -> Optional.of("numbers are written without quotes and without a function: `1e-5`");
        };
    }

    /** A remedy for an element type that is not there. */
    static String elementType(String name) {
        if (name.matches("u?int[48]|[iu][48]|q[48].*")) {
            return "numbers are not computed in " + name
                    + "; a weight of them is written `f32[...] as i8 per column`, or" + " `as i4`";
        }
        if (TYPES.containsKey(name)) {
            return "write `" + TYPES.get(name) + "`";
        }
        List<String> known = Arrays.stream(DType.values()).map(DType::text).toList();
        return Suggest.closest(name, known).map(Remedies::question).orElse("write one of them");
    }

    private static String question(String name) {
        return "did you mean `" + name + "`?";
    }
}
