package heddle.lucene;

import org.apache.lucene.index.IndexableField;

/**
 * Thrown for a document that is not in the index, because its text gives no vector or Lucene does not take one of its fields. All
 * other documents that waited were indexed. Further ones that were not are {@linkplain #getSuppressed suppressed}.
 *
 * @since 0.2
 */
public final class BadDocumentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** A message shows so much of a text. */
    private static final int SHOWN = 60;

    private final long number;
    private final transient Iterable<? extends IndexableField> fields;
    private final String text;

    BadDocumentException(long number, String text, Iterable<? extends IndexableField> fields, RuntimeException cause) {
        super(
                "document " + number + " (\"" + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text)
                        + "\") is not in the index: " + cause.getMessage(),
                cause);
        this.number = number;
        this.text = text;
        this.fields = fields;
    }

    /** Which one of the documents that the indexer was given, from 1. */
    public long number() {
        return number;
    }

    /** The text that stands for it. */
    public String text() {
        return text;
    }

    /** Its other fields, as they were given. */
    public Iterable<? extends IndexableField> fields() {
        return fields;
    }
}
