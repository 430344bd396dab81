package heddle.trino;

import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.api.HeddleException;
import heddle.api.Options;
import io.trino.spi.StandardErrorCode;
import io.trino.spi.TrinoException;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorContext;
import io.trino.spi.connector.ConnectorFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Compiles the model that a catalog's properties describe, on the coordinator and on every worker. What is wrong with them ends the
 * catalog's creation.
 */
final class HeddleConnectorFactory implements ConnectorFactory {
    private static final String MODEL = "heddle.model";
    private static final String WEIGHTS = "heddle.weights";
    private static final String TOKENIZER = "heddle.tokenizer";
    private static final String THREADS = "heddle.threads";
    private static final String PROMPT = "heddle.prompt";
    private static final String PREFIX = "heddle.prefix";
    private static final String LONG_TEXTS = "heddle.long-texts";
    private static final List<String> KNOWN = List.of(MODEL, WEIGHTS, TOKENIZER, THREADS, PROMPT, PREFIX, LONG_TEXTS);

    @Override
    public String getName() {
        return "heddle";
    }

    @Override
    public Connector create(String catalog, Map<String, String> properties, ConnectorContext context) {
        try {
            return new HeddleConnector(embedder(properties));
        } catch (HeddleException | IllegalArgumentException e) {
            throw new TrinoException(
                    StandardErrorCode.CONFIGURATION_INVALID,
                    "the catalog " + catalog + " cannot be used: " + e.getMessage(),
                    e);
        }
    }

    private static Embedder embedder(Map<String, String> properties) {
        TreeSet<String> unknown = new TreeSet<>(properties.keySet());
        KNOWN.forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no property " + unknown.first() + "; there are " + String.join(", ", KNOWN));
        }
        Options options = Options.defaults();
        if (properties.containsKey(WEIGHTS)) {
            options = options.weights(properties.get(WEIGHTS));
        }
        if (properties.containsKey(TOKENIZER)) {
            options = options.tokenizer(properties.get(TOKENIZER));
        }
        if (properties.containsKey(THREADS)) {
            options = options.threads(number(properties.get(THREADS)));
        }
        Embedder.Settings settings = settings(properties);
        return Embedder.of(Heddle.named(properties.getOrDefault(MODEL, "all-minilm-l6-v2")), options, settings);
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(THREADS + "=" + text + " is not a number", e);
        }
    }

    private static Embedder.Settings settings(Map<String, String> properties) {
        Embedder.Settings settings = Embedder.Settings.defaults();
        if (properties.containsKey(PROMPT)) {
            settings = settings.prompt(properties.get(PROMPT));
        }
        if (properties.containsKey(PREFIX)) {
            settings = settings.prefix(properties.get(PREFIX));
        }
        return switch (properties.getOrDefault(LONG_TEXTS, "cut")) {
            case "cut" -> settings;
            case "split" -> settings.splitLongTexts();
            default ->
                throw new IllegalArgumentException(
                        LONG_TEXTS + "=" + properties.get(LONG_TEXTS) + " is neither cut nor split");
        };
    }
}
