package heddle.springai;

import heddle.api.Embedder;
import java.util.Optional;

/**
 * What is written before texts and before documents. Stores of the framework embed a query as a text and what is searched as documents,
 * so where the properties say nothing, the model's prompts for both are used if it has them.
 */
record Beginnings(Embedder texts, Embedder documents) {
    static Beginnings of(Embedder plain, Embedder.Settings settings, HeddleEmbeddingProperties properties) {
        Optional<Embedder> texts = embedder(plain, settings, "", properties.prompt(), properties.prefix());
        Optional<Embedder> documents =
                embedder(plain, settings, "document-", properties.documentPrompt(), properties.documentPrefix());
        if (texts.isPresent() || documents.isPresent()) {
            Embedder used = texts.orElse(plain);
            return new Beginnings(used, documents.orElse(used));
        }
        Optional<String> query = plain.queryPrompt();
        Optional<String> document = plain.documentPrompt();
        return query.isPresent() && document.isPresent()
                ? new Beginnings(plain.with(settings.prompt(query.get())), plain.with(settings.prompt(document.get())))
                : new Beginnings(plain, plain);
    }

    /** Empty when there is neither a prompt nor a prefix. */
    private static Optional<Embedder> embedder(
            Embedder plain, Embedder.Settings settings, String kind, String prompt, String prefix) {
        String ofPrompt = kind + "prompt";
        String ofPrefix = HeddleStartException.name(kind + "prefix");
        if (prompt != null && prefix != null) {
            throw new HeddleStartException(
                    HeddleStartException.name(ofPrompt) + " and " + ofPrefix + " are both set.",
                    "Leave one of them out.");
        }
        if (prefix != null) {
            return Optional.of(plain.with(settings.prefix(prefix)));
        }
        return Optional.ofNullable(prompt)
                .map(name -> HeddleStartException.explained(
                        ofPrompt,
                        name,
                        "write the text itself in " + ofPrefix,
                        () -> plain.with(settings.prompt(name))));
    }
}
