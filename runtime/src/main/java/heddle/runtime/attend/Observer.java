package heddle.runtime.attend;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.attention.ExposeAttention;
import heddle.compiler.ir.LengthCondition;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.RuntimeCode;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.text.TextInputs;
import heddle.runtime.text.TokenBatch;
import heddle.runtime.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** A model whose attention can be observed. It runs fused, and the probabilities are computed again beside it. */
public final class Observer {
    private final HeddleModel model;
    private final ExposeAttention.Exposed exposed;
    private final String embeddings;
    private final JvmProgram program;
    private final ModelInputs inputs;

    /** @throws DiagnosticException when the model has no fused self-attention over embedded tokens */
    public Observer(HeddleModel model, CompileOptions options) {
        TextInputs.requireTokens(model.inputs().keySet());
        this.model = model;
        this.exposed = ExposeAttention.in(model.compilation(Fusion.FUSED).graph())
                .orElseThrow(() -> absent(model, "no self-attention in it was fused"));
        this.embeddings = exposed.embeddings()
                .orElseThrow(() -> absent(model, "no input of it picks rows of a table of weights"));
        SequencedMap<String, Tensor> weights = model.weights(options);
        JvmOptions jvm = options.jvm();
        Plan plan = Lower.fused(
                        exposed.graph(),
                        SchedulePolicy.of(jvm.target()),
                        LengthCondition.facts(model.declaration().graph()))
                .plan();
        this.program = JvmProgram.load(plan, weights, jvm);
        this.inputs = new ModelInputs(model.declaration(), model.fixedLengths());
    }

    private static DiagnosticException absent(HeddleModel model, String why) {
        return new DiagnosticException(Diagnostic.of(
                        RuntimeCode.ATTENTION_ABSENT,
                        "the model " + model.source().name() + " has no attention to look at: " + why)
                .hint("heddle explain " + model.source().name() + " says what was found and what was fused"));
    }

    /** Runs the model on {@code text} and returns what happened in it. */
    public Observation observe(String text, Tokenizer tokenizer) {
        TokenBatch batch = tokenizer.encode(List.of(text));
        SequencedMap<String, Tensor> given = TextInputs.of(batch, model.inputs());
        Map<String, Tensor> seen = program.run(given, inputs.check(given));
        int n = batch.tokens().getFirst().size();
        List<Observation.Layer> layers = new ArrayList<>();
        for (ExposeAttention.Layer layer : exposed.layers()) {
            layers.add(new Observation.Layer(
                    layer.scope(),
                    rows(seen.get(layer.input()).floats(), n),
                    heads(seen.get(layer.probabilities()).floats(), n)));
        }
        return new Observation(
                text,
                batch.tokens().getFirst(),
                batch.separators().getFirst(),
                rows(seen.get(embeddings).floats(), n),
                layers,
                rows(seen.get(exposed.last()).floats(), n));
    }

    /** The vectors of the one text there is, one for each token. */
    private static float[][] rows(float[] all, int n) {
        int width = all.length / n;
        float[][] rows = new float[n][];
        for (int i = 0; i < n; i++) {
            rows[i] = Arrays.copyOfRange(all, i * width, (i + 1) * width);
        }
        return rows;
    }

    private static float[][][] heads(float[] all, int n) {
        float[][][] heads = new float[all.length / (n * n)][][];
        for (int h = 0; h < heads.length; h++) {
            heads[h] = rows(Arrays.copyOfRange(all, h * n * n, (h + 1) * n * n), n);
        }
        return heads;
    }
}
