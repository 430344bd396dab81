package heddle.cli.lsp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Looks at small models until somebody types, so that Java has loaded and compiled what the first keys need.
 */
final class Rehearsal {
    private static final int TIMES = 60;
    private static final String MODEL = """
            model Rehearsal
            // -D B=1 N=512
            import "decoder.heddle"
            dim B, N
            let hidden = 64, layers = 3
            input tokens: i64[B, N]
            fn linear(x, name, n, m) = x @ weight "{name}.weight" : f32[n, m] + weight "{name}.bias" : f32[m]
            fn norm(x, name) {
                let w = weight "{name}.weight" : f32[hidden]
                return layer_norm(x, w, weight "{name}.bias" : f32[hidden])
            }
            let i = iota(N)[:, new]
            let j = iota(N)[new, :]
            let table = weight "table" : f32[512, hidden]
            let x = embed(tokens, table)
            for l in 0 .. layers {
                if l > 0 { x = norm(x, "norm.{l}") }
                let q, k, v = split(linear(x, "in.{l}", hidden, 3 * hidden), 3, axis = -1)
                let scores = q @ transpose(k) / sqrt(size(q, -1))
                let mixed = softmax(where(j <= i and i - j < 64, scores, -inf), axis = -1) @ v
                x = x + gelu(linear(merge_axes(split_axis(mixed, -1, [4, 16]), -2, -1), "out.{l}", hidden, hidden))
                x = decoder_layer(x, iota(N), "layer.{l}", heads = 8, kv_heads = 4, inner = 172)
            }
            output logits: f32[B, N, 512] = x @ transpose(table)
            """;

    /** The model, and what typing makes of it. */
    private static final List<String> VERSIONS = List.of(
            MODEL,
            MODEL.replace("let scores = q @", "let scores = q @ @"),
            MODEL.replace("hidden, 3 * hidden", "hidden, 2 * hidden"),
            MODEL.replace("output logits", "let y = softmax(x, axis = "),
            MODEL.replace("transpose(k)", "transpos(kk)"));

    private final Analyser analyser = new Analyser(name -> Optional.empty());
    private final ScheduledExecutorService timer;
    private final BooleanSupplier isOver;
    private int times;
    private Optional<Analysis> clean = Optional.empty();

    private Rehearsal(ScheduledExecutorService timer, BooleanSupplier isOver) {
        this.timer = timer;
        this.isOver = isOver;
    }

    /** @param timer on whose thread documents are looked at @param isOver whether somebody types */
    static void start(ScheduledExecutorService timer, BooleanSupplier isOver) {
        timer.execute(new Rehearsal(timer, isOver)::next);
    }

    private void next() {
        String text = VERSIONS.get(times % VERSIONS.size());
        Analysis analysis = analyser.analyse(DocumentText.of("rehearsal", times, text), Map.of(), clean);
        clean = analysis.isParsed() ? Optional.of(analysis) : clean;
        if (++times < TIMES && !isOver.getAsBoolean()) {
            timer.schedule(this::next, 1, TimeUnit.MILLISECONDS);
        }
    }
}
