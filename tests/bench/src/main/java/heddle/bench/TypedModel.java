package heddle.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;

/** A model of 500 lines, written out layer by layer, and somebody who types in it: statements key by key, some of them taken back. */
final class TypedModel {
    private static final int LINES = 500;
    private static final String HEAD = """
            model Typed
            // -D B=1 N=512
            dim B, N
            let hidden = 64, heads = 4, width = hidden / heads
            input tokens: f32[B, N, hidden]
            let i = iota(N)[:, new]
            let j = iota(N)[new, :]
            fn linear(x, name, n, m) = x @ weight "{name}.weight" : f32[n, m] + weight "{name}.bias" : f32[m]
            fn norm(x, name) = layer_norm(x, weight "{name}.weight" : f32[hidden], weight "{name}.bias" : f32[hidden])
            fn heads_of(x) = transpose(split_axis(x, -1, [heads, width]), 1, 2)
            let x0 = tokens
            """;
    private static final String LAYER = """

            // Layer LAYER: attention to the past, then to each position by itself.
            let attended_LAYER = norm(xFROM, "layer.LAYER.first")
            let qLAYER = heads_of(linear(attended_LAYER, "layer.LAYER.query", hidden, hidden))
            let kLAYER = heads_of(linear(attended_LAYER, "layer.LAYER.key", hidden, hidden))
            let vLAYER = heads_of(linear(attended_LAYER, "layer.LAYER.value", hidden, hidden))
            let scoresLAYER = qLAYER @ transpose(kLAYER) / sqrt(width)
            let visibleLAYER = j <= i and i - j < 64 * (LAYER + 1)
            let probabilitiesLAYER = softmax(where(visibleLAYER, scoresLAYER, -inf), axis = -1)
            let mixedLAYER = merge_axes(transpose(probabilitiesLAYER @ vLAYER, 1, 2), -2, -1)
            let middleLAYER = xFROM + linear(mixedLAYER, "layer.LAYER.out", hidden, hidden)
            let innerLAYER = norm(middleLAYER, "layer.LAYER.second")
            let upLAYER = gelu(linear(innerLAYER, "layer.LAYER.up", hidden, 4 * hidden))
            let xTO = middleLAYER + linear(upLAYER, "layer.LAYER.down", 4 * hidden, hidden)
            """;
    private static final List<String> TYPED = List.of(
            "let extra = softmax(q0 @ transpose(k0), axis = -1) @ v0",
            "let shifted = pad(x0, [1, 0], axis = 1) // moved by one",
            "fn gate(x, name) = x * sigmoid(linear(x, \"{name}.gate\", hidden, hidden))",
            "// A comment, behind which the model is as it was before.",
            "let large = 1234567890 + 1234567890 * 1234567890",
            "let mean_of_all = mean(tokens, axis = [1, 2], keepdims = true)");

    private final Random random;

    TypedModel(long seed) {
        random = new Random(seed);
    }

    static String text() {
        long layers = (LINES - 1 - HEAD.lines().count()) / LAYER.lines().count();
        String body = LongStream.range(0, layers)
                .mapToObj(l ->
                        LAYER.replace("LAYER", "" + l).replace("FROM", "" + l).replace("TO", "" + (l + 1)))
                .collect(Collectors.joining());
        StringBuilder text = new StringBuilder(HEAD + body + "output result = x" + layers + "\n");
        while (text.toString().lines().count() < LINES) {
            text.append("// The end.\n");
        }
        return text.toString();
    }

    /** Edits of one key each, an even number of them; the text is the first one again at their end. */
    List<TextDocumentContentChangeEvent> keys(int count) {
        List<TextDocumentContentChangeEvent> keys = new ArrayList<>();
        while (keys.size() < count) {
            // Before a layer's comment, where a line is empty.
            int line = (int) HEAD.lines().count() + (int) LAYER.lines().count() * random.nextInt(30);
            String statement = TYPED.get(random.nextInt(TYPED.size()));
            int length = Math.min(statement.length(), (count - keys.size()) / 2);
            for (int column = 0; column < length; column++) {
                keys.add(edit(line, column, column, statement.substring(column, column + 1)));
            }
            for (int column = length; column > 0; column--) {
                keys.add(edit(line, column - 1, column, ""));
            }
        }
        return keys;
    }

    /** A time to the next key, drawn evenly from two bounds in milliseconds. */
    int pause(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    private static TextDocumentContentChangeEvent edit(int line, int from, int to, String text) {
        return new TextDocumentContentChangeEvent(new Range(new Position(line, from), new Position(line, to)), text);
    }
}
