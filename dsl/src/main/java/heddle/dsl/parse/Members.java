package heddle.dsl.parse;

import heddle.dsl.parse.grammar.HeddleParser;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.Token;

/** What to write for {@code x.member}: values have no members, and functions no modules. */
final class Members {
    private static final Set<String> MODULES =
            Set.of("torch", "np", "numpy", "F", "nn", "functional", "math", "jnp", "jax", "tf", "keras", "self");

    /** The members that are no function of the same name; {@code x} stands for the value before the dot. */
    private static final Map<String, String> WRITTEN = Map.ofEntries(
            Map.entry("T", "transpose(x)"),
            Map.entry("mT", "transpose(x)"),
            Map.entry("t", "transpose(x)"),
            Map.entry("size", "size(x, axis)"),
            Map.entry("shape", "shape(x)`, or one length `size(x, axis)"),
            Map.entry("ndim", "rank(x)"),
            Map.entry("dim", "rank(x)"),
            Map.entry("view", "reshape(x, shape)"),
            Map.entry("to", "cast(x, f32)"),
            Map.entry("type", "cast(x, f32)"),
            Map.entry("astype", "cast(x, f32)"),
            Map.entry("float", "cast(x, f32)"),
            Map.entry("half", "cast(x, f16)"),
            Map.entry("bfloat16", "cast(x, bf16)"),
            Map.entry("double", "cast(x, f64)"),
            Map.entry("int", "cast(x, i32)"),
            Map.entry("long", "cast(x, i64)"),
            Map.entry("bool", "cast(x, bool)"),
            Map.entry("contiguous", "x"),
            Map.entry("masked_fill", "where(mask, value, x)"));

    private Members() {}

    static String hint(Token before, Token after) {
        boolean member =
                before != null && Expectation.endsOperand(before.getType()) && after.getType() == HeddleParser.NAME;
        if (!member) {
            return "values have no members: write `f(x)` instead of `x.f()`, and `0 .. n` for a range";
        }
        String name = after.getText();
        if (MODULES.contains(before.getText())) {
            return "functions stand in no module: write `" + name + "` alone";
        }
        String value = before.getType() == HeddleParser.NAME ? before.getText() : "x";
        String written = WRITTEN.getOrDefault(name, name + "(x)");
        return "values have no members: write `" + written.replaceAll("\\bx\\b", value) + "`";
    }
}
