package heddle.lucene;

import heddle.api.Embedder;
import java.util.List;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;

/**
 * A field that holds the vector of a document's text, and is searched by the vector of another text. A {@link VectorIndexer} writes
 * it; {@link #query} searches it. May be used by several threads.
 *
 * <p>Vectors of length one are compared by their dot product, which is their cosine and costs least; others by their cosine.
 *
 * @since 0.2
 */
public final class TextVectorField {
    private final String name;
    private final Embedder documents;
    private final Embedder queries;

    /** A field whose documents and queries become vectors in the same way. */
    public TextVectorField(String name, Embedder embedder) {
        this(name, embedder, embedder);
    }

    /**
     * A field of a model that writes something else before queries than before documents. Both may share a compiled model:
     * {@code embedder.with(Embedder.Settings.defaults().prompt("query"))}.
     *
     * @param name      of the field in the index
     * @param documents makes the vectors that are indexed
     * @param queries   makes those that are searched for
     * @throws IllegalArgumentException when their vectors differ in length
     */
    public TextVectorField(String name, Embedder documents, Embedder queries) {
        if (documents.dimension() != queries.dimension()) {
            throw new IllegalArgumentException("vectors of documents have " + documents.dimension()
                    + " elements and those of queries " + queries.dimension() + ": take one model for both");
        }
        this.name = name;
        this.documents = documents;
        this.queries = queries;
    }

    /** Its name in the index. */
    public String name() {
        return name;
    }

    /** How vectors are compared. */
    public VectorSimilarityFunction similarity() {
        return documents.normalized() && queries.normalized()
                ? VectorSimilarityFunction.DOT_PRODUCT
                : VectorSimilarityFunction.COSINE;
    }

    /**
     * The documents whose texts mean most nearly what a text means.
     *
     * @param k how many
     */
    public KnnFloatVectorQuery query(String text, int k) {
        return query(text, k, null);
    }

    /**
     * The same among some documents alone.
     *
     * @param filter those that are searched; null for all
     */
    public KnnFloatVectorQuery query(String text, int k, Query filter) {
        return new KnnFloatVectorQuery(name, queries.embed(text), k, filter);
    }

    /** The vectors of documents' texts, in their order. */
    List<float[]> vectors(List<String> texts) {
        return documents.embed(texts);
    }

    /** The field of one document. */
    KnnFloatVectorField of(float[] vector) {
        return new KnnFloatVectorField(name, vector, similarity());
    }
}
