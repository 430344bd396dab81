package heddle.runtime.embed;

import heddle.dsl.diagnostic.DiagnosticCode;

/** The codes of mistakes in making vectors of texts (H16xx). */
public enum EmbedCode implements DiagnosticCode {
    NO_VECTORS("H1601", "The model gives no vectors of texts"),
    SENTENCE_FILE("H1602", "A file of sentence-transformers cannot be used"),
    BAD_LINE("H1603", "A line holds no text"),
    PARTIAL("H1604", "The partial file does not fit");

    private final String id;
    private final String title;

    EmbedCode(String id, String title) {
        this.id = id;
        this.title = title;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return title;
    }
}
