package heddle.lucene;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.AlreadyClosedException;

/**
 * Adds documents to an index with the vectors of their texts. Documents wait until there are many, because vectors of many texts are
 * made faster together; then all of them go to the {@link IndexWriter}, in the order in which they came. Those that wait are not seen
 * by searches or commits: {@link #flush} before either, and before the writer itself is told to delete or update what may wait here.
 * May be used by several threads.
 *
 * <p>A document is indexed once or not at all. One that cannot be indexed is told of by a {@link BadDocumentException}, once the
 * others are in, or suppressed by what the writer threw. When the writer fails, or memory is short, those that are not yet indexed go on
 * waiting, and another {@code flush} goes on with them.
 *
 * @since 0.2
 */
public final class VectorIndexer implements Closeable {
    /** How many documents wait at most. */
    private static final int DOCUMENTS = 1024;

    /** How many characters their texts have about: some ten thousands of tokens, enough to fill all runs. */
    private static final int CHARACTERS = 1 << 18;

    private final IndexWriter writer;
    private final TextVectorField field;
    private final int mostDocuments;
    private final int mostCharacters;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long characters;
    private long given;
    private boolean closed;

    /** A document that waits. Once its vector is made it is kept, so that it is not made again. */
    private static final class Waiting {
        final long number;
        final String text;
        final Iterable<? extends IndexableField> fields;

        /** Of the documents that it takes the place of. */
        final Optional<Term> replaced;

        float[] vector;
        RuntimeException failure;

        Waiting(long number, String text, Iterable<? extends IndexableField> fields, Optional<Term> replaced) {
            this.number = number;
            this.text = text;
            this.fields = fields;
            this.replaced = replaced;
        }
    }

    /** @param writer stays the caller's to commit and to close */
    public VectorIndexer(IndexWriter writer, TextVectorField field) {
        this(writer, field, DOCUMENTS, CHARACTERS);
    }

    /**
     * @param writer         stays the caller's to commit and to close
     * @param mostDocuments  that wait
     * @param mostCharacters that their texts have about
     * @throws IllegalArgumentException when one of the two is less than one
     */
    public VectorIndexer(IndexWriter writer, TextVectorField field, int mostDocuments, int mostCharacters) {
        if (mostDocuments < 1 || mostCharacters < 1) {
            throw new IllegalArgumentException("one document and one character wait at least, not " + mostDocuments
                    + " documents and " + mostCharacters + " characters");
        }
        this.writer = writer;
        this.field = field;
        this.mostDocuments = mostDocuments;
        this.mostCharacters = mostCharacters;
    }

    /**
     * Adds a document. It is taken, whatever is thrown about others.
     *
     * @param text   becomes the vector
     * @param fields all other fields; they must not change until they are indexed
     * @throws IOException            when the writer fails
     * @throws BadDocumentException   about documents that waited
     * @throws AlreadyClosedException when this indexer is closed: the document is not taken
     */
    public void addDocument(String text, Iterable<? extends IndexableField> fields) throws IOException {
        add(text, fields, Optional.empty());
    }

    /**
     * Adds a document in the place of those that have a term, such as an identifier; also of those that wait.
     *
     * @param replaced what they have
     * @param text     becomes the vector
     * @param fields   all other fields; they must not change until they are indexed
     * @throws IOException            when the writer fails
     * @throws BadDocumentException   about documents that waited
     * @throws AlreadyClosedException when this indexer is closed: the document is not taken
     */
    public void updateDocument(Term replaced, String text, Iterable<? extends IndexableField> fields)
            throws IOException {
        add(text, fields, Optional.of(replaced));
    }

    private synchronized void add(String text, Iterable<? extends IndexableField> fields, Optional<Term> replaced)
            throws IOException {
        Objects.requireNonNull(text, "a document has no text to make a vector of; add it to the writer itself");
        Objects.requireNonNull(fields, "a document's fields are null; an empty list has none");
        if (closed) {
            throw new AlreadyClosedException("this indexer is closed");
        }
        waiting.addLast(new Waiting(++given, text, fields, replaced));
        characters += text.length();
        if (waiting.size() >= mostDocuments || characters >= mostCharacters) {
            flush();
        }
    }

    /**
     * Gives all documents that wait to the writer. It does not commit.
     *
     * @throws IOException          when the writer fails: what is not indexed goes on waiting; those before it that cannot be indexed
     *                              are suppressed
     * @throws BadDocumentException when some cannot be indexed; all others are
     */
    public synchronized void flush() throws IOException {
        embed();
        List<BadDocumentException> bad = new ArrayList<>();
        try {
            indexWaiting(bad);
        } catch (IOException | RuntimeException | Error e) {
            bad.forEach(e::addSuppressed);
            throw e;
        }
        if (!bad.isEmpty()) {
            BadDocumentException first = bad.removeFirst();
            bad.forEach(first::addSuppressed);
            throw first;
        }
    }

    private void indexWaiting(List<BadDocumentException> bad) throws IOException {
        while (!waiting.isEmpty()) {
            Waiting next = waiting.getFirst();
            try {
                index(next);
            } catch (RuntimeException e) {
                if (!writer.isOpen()) {
                    throw e;
                }
                bad.add(new BadDocumentException(next.number, next.text, next.fields, e));
            }
            waiting.removeFirst();
            characters -= next.text.length();
        }
    }

    private void embed() {
        List<Waiting> without = waiting.stream().filter(w -> w.vector == null).toList();
        try {
            embed(without);
        } catch (RuntimeException together) {
            // Each alone tells which text it is.
            for (Waiting one : without) {
                try {
                    embed(List.of(one));
                } catch (RuntimeException e) {
                    one.failure = e;
                }
            }
        }
    }

    private void embed(List<Waiting> some) {
        List<float[]> vectors = field.vectors(some.stream().map(w -> w.text).toList());
        for (int i = 0; i < vectors.size(); i++) {
            some.get(i).vector = vectors.get(i);
            some.get(i).failure = null;
        }
    }

    private void index(Waiting next) throws IOException {
        if (next.failure != null) {
            throw next.failure;
        }
        List<IndexableField> all = new ArrayList<>();
        next.fields.forEach(all::add);
        all.add(field.of(next.vector));
        if (next.replaced.isPresent()) {
            writer.updateDocument(next.replaced.get(), all);
        } else {
            writer.addDocument(all);
        }
    }

    /** How many documents wait. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /**
     * Gives all documents that wait to the writer, and takes no more. The writer is neither committed nor closed.
     *
     * @throws IOException          when the writer fails: what is not indexed goes on waiting, and closing again goes on
     * @throws BadDocumentException when some cannot be indexed; all others are
     */
    @Override
    public synchronized void close() throws IOException {
        try {
            flush();
        } finally {
            closed = waiting.isEmpty();
        }
    }
}
