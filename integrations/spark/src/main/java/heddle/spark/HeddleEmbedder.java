package heddle.spark;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * Appends a column with a vector for each text of a column. The model is read on the driver, and broadcast with weights and
 * tokenizer; each executor compiles it once for its own processor. Rows keep their order, and a batch of them is in memory at a
 * time. Executors run on a JDK from 25 on with {@code --add-modules jdk.incubator.vector}.
 *
 * <p>A text that is null, or that the model cannot take, has no vector. With {@link #setErrorCol} the row is kept and says why; else
 * the job fails.
 *
 * <p>What is saved holds the model, weights and tokenizer, and is loaded without the files that it was made from.
 *
 * @since 0.2
 */
public final class HeddleEmbedder extends EmbedderParams implements MLWritable {
    private static final long serialVersionUID = 1;

    /** Made when the model is first needed; copies that name the same model share it. */
    private transient Shipment shipment;

    /** An embedder with a name of its own. */
    public HeddleEmbedder() {
        this(Identifiable.randomUID("heddle"));
    }

    /** @param uid the name of this stage of a pipeline */
    public HeddleEmbedder(String uid) {
        super(uid);
    }

    /** Appends the vectors. @throws IllegalArgumentException when a parameter or column is missing or does not fit */
    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        StructType result = transformSchema(dataset.schema(), true);
        String input = getInputCol();
        Columns columns = new Columns(dataset.schema().fieldIndex(input), input, makesVectors(), isSet(errorCol()));
        SparkContext context = dataset.sparkSession().sparkContext();
        Shipment shipped = shipment();
        EmbedPartition partition = new EmbedPartition(
                columns, settings(), shipped.sum(), shipped.broadcast(context), shipped.metrics(context));
        return dataset.toDF().mapPartitions(partition, Encoders.row(result));
    }

    @Override
    public StructType transformSchema(StructType schema) {
        String input = required(inputCol());
        List<String> names = Arrays.asList(schema.fieldNames());
        if (!names.contains(input)) {
            throw new IllegalArgumentException(
                    "there is no column " + input + " of texts; the columns are " + String.join(", ", names));
        }
        DataType type = schema.apply(input).dataType();
        if (!(type instanceof StringType)) {
            throw new IllegalArgumentException("the column " + input + " holds " + type.catalogString()
                    + ", not texts; cast it to string, or name another one");
        }
        if (isSet(prompt()) && isSet(prefix())) {
            throw new IllegalArgumentException("both a prompt and a prefix are set; clear one of them");
        }
        DataType made =
                makesVectors() ? SQLDataTypes.VectorType() : DataTypes.createArrayType(DataTypes.FloatType, false);
        StructType result = appended(schema, getOutputCol(), made);
        return isSet(errorCol()) ? appended(result, getErrorCol(), DataTypes.StringType) : result;
    }

    private static StructType appended(StructType schema, String name, DataType type) {
        if (Arrays.asList(schema.fieldNames()).contains(name)) {
            throw new IllegalArgumentException("there is a column " + name + " already; name another one, or drop it");
        }
        return schema.add(name, type, true);
    }

    /** A copy with other values of some parameters. It shares the model that was read, unless it names another one. */
    @Override
    public HeddleEmbedder copy(ParamMap extra) {
        HeddleEmbedder copy = defaultCopy(extra);
        copy.shipment = isSet(model()) && copy.getModel().equals(getModel()) ? shipment() : null;
        return copy;
    }

    @Override
    public MLWriter write() {
        return new EmbedderWriter(this);
    }

    /** Reads embedders that were saved; Spark calls it by name when it loads a pipeline. */
    public static MLReader<HeddleEmbedder> read() {
        return new EmbedderReader();
    }

    /** An embedder that was saved. @throws java.io.UncheckedIOException when its model is missing or damaged */
    public static HeddleEmbedder load(String path) {
        return read().load(path);
    }

    /** What tasks of this embedder and its copies have done so far. @throws IllegalStateException before the first {@code transform} */
    public EmbeddingMetrics metrics() {
        return shipment().metrics();
    }

    synchronized Shipment shipment() {
        String name = required(model());
        if (shipment == null || !shipment.isOf(name)) {
            shipment = new Shipment(name);
        }
        return shipment;
    }

    synchronized void use(Shipment loaded) {
        shipment = loaded;
    }

    /** @see #inputCol() */
    public HeddleEmbedder setInputCol(String value) {
        set(inputCol(), value);
        return this;
    }

    /** @see #outputCol() */
    public HeddleEmbedder setOutputCol(String value) {
        set(outputCol(), value);
        return this;
    }

    /** @see #outputType() */
    public HeddleEmbedder setOutputType(String value) {
        set(outputType(), value);
        return this;
    }

    /** @see #errorCol() */
    public HeddleEmbedder setErrorCol(String value) {
        set(errorCol(), value);
        return this;
    }

    /** @see #model() */
    public HeddleEmbedder setModel(String value) {
        use(null);
        set(model(), value);
        return this;
    }

    /** @see #prompt() */
    public HeddleEmbedder setPrompt(String value) {
        set(prompt(), value);
        return this;
    }

    /** @see #prefix() */
    public HeddleEmbedder setPrefix(String value) {
        set(prefix(), value);
        return this;
    }

    /** @see #longTexts() */
    public HeddleEmbedder setLongTexts(String value) {
        set(longTexts(), value);
        return this;
    }

    /** @see #tokenBudget() */
    public HeddleEmbedder setTokenBudget(int value) {
        set(tokenBudget(), value);
        return this;
    }

    /** @see #normalize() */
    public HeddleEmbedder setNormalize(boolean value) {
        set(normalize(), value);
        return this;
    }

    /** @see #threads() */
    public HeddleEmbedder setThreads(int value) {
        set(threads(), value);
        return this;
    }
}
