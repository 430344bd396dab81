package heddle.spark;

import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;

/**
 * The parameters of {@link HeddleEmbedder}.
 *
 * @since 0.2
 */
public abstract sealed class EmbedderParams extends Transformer permits HeddleEmbedder {
    private static final long serialVersionUID = 1;

    private static final String VECTOR = "vector";
    private static final String ARRAY = "array";
    private static final String CUT = "cut";
    private static final String SPLIT = "split";

    private final String uid;
    private final Param<String> inputCol;
    private final Param<String> outputCol;
    private final Param<String> outputType;
    private final Param<String> errorCol;
    private final Param<String> model;
    private final Param<String> prompt;
    private final Param<String> prefix;
    private final Param<String> longTexts;
    private final IntParam tokenBudget;
    private final BooleanParam normalize;
    private final IntParam threads;

    EmbedderParams(String uid) {
        this.uid = uid;
        inputCol = new Param<>(this, "inputCol", "the column of texts");
        outputCol = new Param<>(this, "outputCol", "the column of vectors that is appended");
        outputType = new Param<>(
                this,
                "outputType",
                "vector for a vector of Spark ML, array for an array of floats",
                ParamValidators.inArray(List.of(VECTOR, ARRAY)));
        errorCol = new Param<>(
                this,
                "errorCol",
                "the column that is appended and says why a row has no vector; without it such a row fails the job");
        model = new Param<>(
                this, "model", "the model: a published encoder, or a .heddle or .onnx file of the driver's machine");
        prompt = new Param<>(this, "prompt", "the name of the model's prompt that is written before each text");
        prefix = new Param<>(this, "prefix", "what is written before each text, in place of a prompt");
        longTexts = new Param<>(
                this,
                "longTexts",
                "what becomes of texts that are too long: cut, or split with the mean of the parts",
                ParamValidators.inArray(List.of(CUT, SPLIT)));
        tokenBudget =
                new IntParam(this, "tokenBudget", "about how many tokens a run takes", ParamValidators.<Object>gt(0));
        normalize =
                new BooleanParam(this, "normalize", "whether vectors have length one, whatever the model's files say");
        threads = new IntParam(
                this,
                "threads",
                "the threads of a task's runs; spark.task.cpus unless set",
                ParamValidators.<Object>gt(0));
        setDefault(outputCol, uid + "__output");
        setDefault(outputType, VECTOR);
        setDefault(longTexts, CUT);
    }

    @Override
    public String uid() {
        return uid;
    }

    /** The column of texts. */
    public Param<String> inputCol() {
        return inputCol;
    }

    /** @see #inputCol() */
    public String getInputCol() {
        return getOrDefault(inputCol);
    }

    /** The column of vectors that is appended; the name of this stage with {@code __output} behind it unless set. */
    public Param<String> outputCol() {
        return outputCol;
    }

    /** @see #outputCol() */
    public String getOutputCol() {
        return getOrDefault(outputCol);
    }

    /**
     * {@code vector} for a vector of Spark ML, which is the default and has elements of {@code double}, or {@code array} for an
     * array of floats.
     */
    public Param<String> outputType() {
        return outputType;
    }

    /** @see #outputType() */
    public String getOutputType() {
        return getOrDefault(outputType);
    }

    /**
     * The column that is appended and says why a row has no vector; null for the others. Without it such a row fails the job.
     */
    public Param<String> errorCol() {
        return errorCol;
    }

    /** @see #errorCol() */
    public String getErrorCol() {
        return getOrDefault(errorCol);
    }

    /**
     * The model: a {@linkplain heddle.api.Heddle#published published} encoder by its name, or a {@code .heddle} or {@code .onnx} file of the
     * driver's machine. It is read once; setting it has it read again.
     */
    public Param<String> model() {
        return model;
    }

    /** @see #model() */
    public String getModel() {
        return getOrDefault(model);
    }

    /** The name of the model's prompt that is written before each text, such as {@code query} or {@code passage}. */
    public Param<String> prompt() {
        return prompt;
    }

    /** @see #prompt() */
    public String getPrompt() {
        return getOrDefault(prompt);
    }

    /** What is written before each text, in place of a prompt. */
    public Param<String> prefix() {
        return prefix;
    }

    /** @see #prefix() */
    public String getPrefix() {
        return getOrDefault(prefix);
    }

    /** What becomes of texts that are too long: {@code cut}, the default, or {@code split}, with the mean of the parts. */
    public Param<String> longTexts() {
        return longTexts;
    }

    /** @see #longTexts() */
    public String getLongTexts() {
        return getOrDefault(longTexts);
    }

    /** About how many tokens a run takes; Heddle's choice unless set. */
    public IntParam tokenBudget() {
        return tokenBudget;
    }

    /** @see #tokenBudget() */
    public int getTokenBudget() {
        return (Integer) getOrDefault(tokenBudget);
    }

    /** Whether vectors have length one; as the model's files say unless set. */
    public BooleanParam normalize() {
        return normalize;
    }

    /** @see #normalize() */
    public boolean getNormalize() {
        return (Boolean) getOrDefault(normalize);
    }

    /** The threads of a task's runs; {@code spark.task.cpus} unless set. */
    public IntParam threads() {
        return threads;
    }

    /** @see #threads() */
    public int getThreads() {
        return (Integer) getOrDefault(threads);
    }

    boolean makesVectors() {
        return getOutputType().equals(VECTOR);
    }

    EmbedderSettings settings() {
        return new EmbedderSettings(
                value(prompt),
                value(prefix),
                getLongTexts().equals(SPLIT),
                (Integer) value(tokenBudget),
                (Boolean) value(normalize),
                isSet(threads) ? (Integer) value(threads) : 0);
    }

    String required(Param<String> param) {
        if (!isDefined(param)) {
            throw new IllegalArgumentException(
                    "the parameter " + param.name() + " of " + uid() + " is not set: " + param.doc());
        }
        return getOrDefault(param);
    }

    private <T> T value(Param<T> param) {
        return isDefined(param) ? getOrDefault(param) : null;
    }
}
