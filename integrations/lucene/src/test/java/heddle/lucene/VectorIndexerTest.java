package heddle.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.api.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is indexed, and when, with a small model that knows the 128 bytes of ASCII and fails for others. */
class VectorIndexerTest {
    private static Embedder embedder;

    private final Disk directory = new Disk();
    private IndexWriter writer;
    private TextVectorField field;

    /** A directory whose disk can become full. */
    private static final class Disk extends FilterDirectory {
        private boolean full;

        Disk() {
            super(new ByteBuffersDirectory());
        }

        @Override
        public IndexOutput createOutput(String name, IOContext context) throws IOException {
            if (full) {
                throw new IOException("no space left");
            }
            return super.createOutput(name, context);
        }
    }

    @BeforeAll
    static void compile(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("ascii.heddle"), """
                dim B, N
                input ids: i64[B, N]
                input segments: i64[B, N]
                let allowed = segments[:, :, new] == segments[:, new, :]
                let x = embed(ids, weight "words" : f32[128, 16])
                output tokens: f32[B, N, 16] = x + softmax(where(allowed, x @ transpose(x), -inf), axis = -1) @ x
                """);
        Files.writeString(dir.resolve("ascii.properties"), """
                tokenizer = bytes
                tokens = 64
                segments = segments
                normalize = true
                prompt.query = "? "
                """);
        embedder = Embedder.of(
                Heddle.model(dir.resolve("ascii.heddle")),
                Options.defaults().weights("random").threads(2),
                Embedder.Settings.defaults());
    }

    @BeforeEach
    void open() throws IOException {
        writer = new IndexWriter(directory, new IndexWriterConfig());
        field = new TextVectorField("vector", embedder);
    }

    @AfterEach
    void close() throws IOException {
        if (writer.isOpen()) {
            writer.rollback();
        }
    }

    private static Document document(String id) {
        Document document = new Document();
        document.add(new StringField("id", id, Field.Store.YES));
        return document;
    }

    /** One that Lucene does not take: a term has at most 32766 bytes. */
    private static Document immense(String id) {
        Document document = document(id);
        document.add(new StringField("tag", "x".repeat(40_000), Field.Store.NO));
        return document;
    }

    /** The identifiers in the index, commits or not, in the order of indexing. */
    private List<String> indexed() throws IOException {
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
            return ids(reader, new IndexSearcher(reader).search(MatchAllDocsQuery.INSTANCE, 1 + reader.maxDoc()));
        }
    }

    private static List<String> ids(DirectoryReader reader, TopDocs found) throws IOException {
        List<String> ids = new ArrayList<>();
        for (var hit : found.scoreDocs) {
            ids.add(reader.storedFields().document(hit.doc).get("id"));
        }
        return ids;
    }

    private List<String> found(String text, int k) throws IOException {
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
            return ids(reader, new IndexSearcher(reader).search(field.query(text, k), k));
        }
    }

    @Test
    void documentsWaitUntilThereAreMany() throws IOException {
        VectorIndexer indexer = new VectorIndexer(writer, field, 3, 1000);
        indexer.addDocument("one", document("1"));
        indexer.addDocument("two", document("2"));
        assertEquals(2, indexer.waiting());
        assertEquals(List.of(), indexed());
        indexer.addDocument("three", document("3"));
        assertEquals(0, indexer.waiting());
        assertEquals(List.of("1", "2", "3"), indexed());
        indexer.addDocument("four", document("4"));
        indexer.flush();
        assertEquals(List.of("1", "2", "3", "4"), indexed());
        assertEquals(List.of("3"), found("three", 1));
    }

    @Test
    void theirTextsAreNotLongerThanSaid() throws IOException {
        VectorIndexer indexer = new VectorIndexer(writer, field, 100, 20);
        indexer.addDocument("0123456789", document("1"));
        assertEquals(1, indexer.waiting());
        indexer.addDocument("0123456789", document("2"));
        assertEquals(0, indexer.waiting());
        assertThrows(IllegalArgumentException.class, () -> new VectorIndexer(writer, field, 0, 20));
    }

    @Test
    void closingIndexesWhatWaitsAndLeavesTheWriterOpen() throws IOException {
        VectorIndexer indexer = new VectorIndexer(writer, field);
        indexer.addDocument("one", document("1"));
        indexer.close();
        indexer.close();
        assertEquals(List.of("1"), indexed());
        assertTrue(writer.isOpen());
        assertThrows(AlreadyClosedException.class, () -> indexer.addDocument("two", document("2")));
        assertEquals(0, indexer.waiting());
    }

    @Test
    void anUpdateTakesThePlaceOfWhatIsIndexedAndOfWhatWaits() throws IOException {
        try (VectorIndexer indexer = new VectorIndexer(writer, field)) {
            indexer.addDocument("apples", document("1"));
            indexer.addDocument("pears", document("2"));
            indexer.flush();
            indexer.updateDocument(new Term("id", "1"), "plums", document("1"));
            indexer.updateDocument(new Term("id", "1"), "cherries", document("1"));
            indexer.updateDocument(new Term("id", "3"), "grapes", document("3"));
        }
        assertEquals(List.of("2", "1", "3"), indexed());
        assertEquals("1", found("cherries", 1).getFirst());
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
            float best = new IndexSearcher(reader).search(field.query("apples", 1), 1).scoreDocs[0].score;
            assertTrue(best < 0.9999, "the first text of document 1 is gone");
        }
    }

    @Test
    void aDocumentThatLuceneRefusesIsNamedAndAllOthersAreIndexed() throws IOException {
        VectorIndexer indexer = new VectorIndexer(writer, field);
        indexer.addDocument("one", document("1"));
        Document bad = immense("2");
        indexer.addDocument("two, which has a tag that is much too long for a term of an index", bad);
        indexer.addDocument("three", document("3"));
        var e = assertThrows(BadDocumentException.class, indexer::flush);
        assertEquals(2, e.number());
        assertSame(bad, e.fields());
        assertTrue(e.text().endsWith("an index"), e.text());
        assertTrue(
                e.getMessage()
                        .startsWith("document 2 (\"two, which has a tag that is much too long for a term of an …\")"),
                e.getMessage());
        assertTrue(e.getMessage().contains("immense term"), e.getMessage());
        assertEquals(List.of("1", "3"), indexed());
        indexer.close();
        assertEquals(List.of("1", "3"), indexed());
    }

    @Test
    void aTextWithoutVectorIsNamedAndAllOthersAreIndexed() throws IOException {
        VectorIndexer indexer = new VectorIndexer(writer, field);
        indexer.addDocument("one", document("1"));
        indexer.addDocument("zwölf", document("2"));
        indexer.addDocument("three", document("3"));
        indexer.addDocument("\u6771\u4EAC", document("4"));
        var e = assertThrows(BadDocumentException.class, indexer::close);
        assertEquals(2, e.number());
        assertEquals(1, e.getSuppressed().length);
        assertEquals(4, ((BadDocumentException) e.getSuppressed()[0]).number());
        assertEquals(List.of("1", "3"), indexed());
        assertThrows(AlreadyClosedException.class, () -> indexer.addDocument("five", document("5")));
    }

    @Test
    void aDocumentIsTakenThoughOthersAreBad() throws IOException {
        VectorIndexer indexer = new VectorIndexer(writer, field, 2, 1000);
        indexer.addDocument("one", immense("1"));
        assertThrows(BadDocumentException.class, () -> indexer.addDocument("two", document("2")));
        assertEquals(List.of("2"), indexed());
    }

    @Test
    void anUpdateThatFailsLeavesTheOldDocument() throws IOException {
        VectorIndexer indexer = new VectorIndexer(writer, field);
        indexer.addDocument("apples", document("1"));
        indexer.flush();
        indexer.updateDocument(new Term("id", "1"), "plums", immense("1"));
        assertThrows(BadDocumentException.class, indexer::flush);
        indexer.updateDocument(new Term("id", "1"), "zwölf", document("1"));
        assertThrows(BadDocumentException.class, indexer::flush);
        assertEquals(List.of("1"), indexed());
        assertEquals(1, score("apples"), 1e-5);
    }

    private float score(String text) throws IOException {
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
            return new IndexSearcher(reader).search(field.query(text, 1), 1).scoreDocs[0].score;
        }
    }

    @Test
    void whatAWriterThatFailsDidNotTakeGoesOnWaiting() throws IOException {
        writer.close();
        writer = new IndexWriter(directory, new IndexWriterConfig().setMaxBufferedDocs(2));
        VectorIndexer indexer = new VectorIndexer(writer, field);
        for (int i = 1; i <= 5; i++) {
            indexer.addDocument("text " + i, document(Integer.toString(i)));
        }
        directory.full = true;
        assertThrows(IOException.class, indexer::flush);
        assertTrue(indexer.waiting() >= 3, indexer.waiting() + " wait");
        assertThrows(AlreadyClosedException.class, indexer::close, "the writer closed itself");
        assertTrue(indexer.waiting() >= 3, indexer.waiting() + " wait");
        directory.full = false;
    }

    @Test
    void aWriterThatFailsHidesNoBadDocument() throws IOException {
        writer.close();
        writer = new IndexWriter(directory, new IndexWriterConfig().setMaxBufferedDocs(2));
        VectorIndexer indexer = new VectorIndexer(writer, field);
        indexer.addDocument("zwölf", document("1"));
        for (int i = 2; i <= 6; i++) {
            indexer.addDocument("text " + i, document(Integer.toString(i)));
        }
        directory.full = true;
        var e = assertThrows(IOException.class, indexer::flush);
        assertTrue(
                Arrays.stream(e.getSuppressed())
                        .anyMatch(s -> s instanceof BadDocumentException bad && bad.number() == 1),
                Arrays.toString(e.getSuppressed()));
        directory.full = false;
    }

    @Test
    void aTextThatIsNullIsRefusedAtOnce() throws IOException {
        VectorIndexer indexer = new VectorIndexer(writer, field);
        var e = assertThrows(NullPointerException.class, () -> indexer.addDocument(null, document("1")));
        assertTrue(e.getMessage().contains("no text"), e.getMessage());
        assertEquals(0, indexer.waiting());
    }

    @Test
    void manyThreadsIndexEachDocumentOnce() throws Exception {
        try (VectorIndexer indexer = new VectorIndexer(writer, field, 7, 1000);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> ended = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String id = Integer.toString(i);
                ended.add(threads.submit(() -> {
                    indexer.addDocument("text " + id, document(id));
                    return null;
                }));
            }
            for (Future<?> one : ended) {
                one.get();
            }
        }
        List<String> ids = indexed();
        assertEquals(100, ids.size());
        assertEquals(100, ids.stream().distinct().count());
    }

    @Test
    void vectorsOfLengthOneAreComparedByTheirDotProduct() {
        assertEquals(VectorSimilarityFunction.DOT_PRODUCT, field.similarity());
        Embedder others = embedder.with(Embedder.Settings.defaults().normalize(false));
        assertEquals(VectorSimilarityFunction.COSINE, new TextVectorField("v", others).similarity());
        assertEquals(VectorSimilarityFunction.COSINE, new TextVectorField("v", embedder, others).similarity());
    }

    @Test
    void queriesMayHaveAPromptOfTheirOwn() throws IOException {
        TextVectorField asked = new TextVectorField(
                "vector", embedder, embedder.with(Embedder.Settings.defaults().prompt("query")));
        try (VectorIndexer indexer = new VectorIndexer(writer, asked)) {
            indexer.addDocument("? apples", document("1"));
            indexer.addDocument("apples", document("2"));
        }
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            assertEquals(List.of("1"), ids(reader, searcher.search(asked.query("apples", 1), 1)));
            var only = new TermQuery(new Term("id", "2"));
            assertEquals(List.of("2"), ids(reader, searcher.search(asked.query("apples", 1, only), 1)));
        }
    }
}
