package heddle.dsl.parse;

import heddle.dsl.parse.grammar.HeddleLexer;
import heddle.dsl.parse.grammar.HeddleParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.antlr.v4.runtime.CommonToken;
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

    /** The functions that take lengths or axes as a list, which members may take one by one. */
    private static final Map<String, String> LISTS = Map.of(
            "reshape",
            "reshape",
            "view",
            "reshape",
            "permute",
            "permute",
            "expand",
            "expand",
            "broadcast_to",
            "expand");

    /** What other systems call parameters. */
    private static final Map<String, String> PARAMETERS =
            Map.of("dim", "axis", "dims", "axis", "keepdim", "keepdims", "keep_dims", "keepdims");

    private static final int LONGEST = 60;

    private Members() {}

    /**
     * A hint for a dot between two tokens.
     *
     * @param tokens all tokens, up to an end of file
     * @param dot    the place of the dot among them
     */
    static String hint(List<CommonToken> tokens, int dot) {
        Token before = dot == 0 ? null : tokens.get(dot - 1);
        Token after = tokens.get(Math.min(dot + 1, tokens.size() - 1));
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
        String written = call(name, value, tokens, dot + 2)
                .filter(call -> call.length() <= LONGEST)
                .orElseGet(() -> WRITTEN.getOrDefault(name, name + "(x)").replaceAll("\\bx\\b", value));
        return "values have no members: write `" + written + "`";
    }

    /** {@code mean(x, axis = -1)} for {@code x.mean(dim = -1)}; empty where the arguments do not go over one by one. */
    private static Optional<String> call(String name, String value, List<CommonToken> tokens, int open) {
        if (WRITTEN.containsKey(name) && !LISTS.containsKey(name)) {
            return Optional.empty();
        }
        return arguments(tokens, open).map(all -> {
            List<String> arguments = all;
            boolean one = arguments.size() == 1 && arguments.getFirst().startsWith("[");
            if (LISTS.containsKey(name) && !arguments.isEmpty() && !one) {
                arguments = List.of("[" + String.join(", ", arguments) + "]");
            }
            return LISTS.getOrDefault(name, name) + "("
                    + String.join(
                            ", ",
                            Stream.concat(Stream.of(value), arguments.stream()).toList()) + ")";
        });
    }

    /** The arguments in the parentheses that open at a token, as they are written, with the names of this language. */
    private static Optional<List<String>> arguments(List<CommonToken> tokens, int open) {
        if (open >= tokens.size() || tokens.get(open).getType() != HeddleParser.LPAREN) {
            return Optional.empty();
        }
        List<String> arguments = new ArrayList<>();
        StringBuilder argument = new StringBuilder();
        int depth = 0;
        for (int i = open + 1; i < tokens.size(); i++) {
            CommonToken token = tokens.get(i);
            if (token.getType() == HeddleParser.RPAREN && depth == 0) {
                if (!argument.isEmpty()) {
                    arguments.add(argument.toString());
                }
                return Optional.of(arguments);
            }
            switch (token.getType()) {
                case HeddleParser.LPAREN, HeddleParser.LBRACKET -> depth++;
                case HeddleParser.RPAREN, HeddleParser.RBRACKET -> depth--;
                default -> {}
            }
            boolean plain = token.getChannel() == Token.DEFAULT_CHANNEL && token.getType() != HeddleLexer.STRAY;
            if (!plain || token.getType() == Token.EOF || depth < 0) {
                return Optional.empty();
            }
            if (token.getType() == HeddleParser.COMMA && depth == 0) {
                arguments.add(argument.toString());
                argument.setLength(0);
            } else {
                argument.append(text(token, tokens.get(i + 1)));
            }
        }
        return Optional.empty();
    }

    private static String text(Token token, Token next) {
        if (next.getType() == HeddleParser.ASSIGN) {
            return PARAMETERS.getOrDefault(token.getText(), token.getText());
        }
        return switch (token.getType()) {
            case HeddleParser.ASSIGN -> " = ";
            case HeddleParser.COMMA -> ", ";
            default -> token.getText();
        };
    }
}
