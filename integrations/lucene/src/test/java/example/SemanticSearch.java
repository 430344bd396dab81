package example;

import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.lucene.TextVectorField;
import heddle.lucene.VectorIndexer;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

/** Indexes six texts with Lucene and asks the index questions. */
final class SemanticSearch {
    private SemanticSearch() {}

    public static void main(String[] questions) throws IOException {
        TextVectorField vector = new TextVectorField("vector", Embedder.of(Heddle.published("all-minilm-l6-v2")));
        Directory directory = new ByteBuffersDirectory();
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig());
                VectorIndexer indexer = new VectorIndexer(writer, vector)) {
            for (String text : List.of(
                    "The bank raised its interest rate.",
                    "We sat on the bank of the river.",
                    "The cake rises in the oven for forty minutes.",
                    "The striker scored twice before half-time.",
                    "Prune roses in late winter, before new growth.",
                    "The telescope found a planet around a distant star.")) {
                Document document = new Document();
                document.add(new StoredField("text", text));
                indexer.addDocument(text, document);
            }
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            for (String question :
                    questions.length > 0 ? questions : new String[] {"gardening advice", "savings and loans"}) {
                for (ScoreDoc hit : searcher.search(vector.query(question, 1), 1).scoreDocs) {
                    System.out.printf(
                            "%s: %s (%.2f)%n",
                            question, reader.storedFields().document(hit.doc).get("text"), hit.score);
                }
            }
        }
    }
}
