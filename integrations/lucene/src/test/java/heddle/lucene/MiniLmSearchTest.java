package heddle.lucene;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Embedder;
import heddle.api.Heddle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index on disk of some hundred sentences, searched by what they mean. */
class MiniLmSearchTest {
    private static final Map<String, List<List<String>>> TOPICS = topics();

    private static TextVectorField field;
    private static Embedder embedder;
    private static List<String> sentences;
    private static DirectoryReader reader;
    private static IndexSearcher searcher;

    /** Of each topic, beginnings and ends of its sentences. */
    private static Map<String, List<List<String>>> topics() {
        Map<String, List<List<String>>> topics = new LinkedHashMap<>();
        topics.put(
                "cooking",
                List.of(
                        List.of("The cook", "My grandmother", "The recipe", "Every baker", "A good kitchen"),
                        List.of(
                                "bakes bread in a hot oven",
                                "stirs onions into the soup",
                                "adds a pinch of salt to the sauce",
                                "roasts vegetables with olive oil",
                                "needs butter, flour and eggs",
                                "makes a cake for dessert",
                                "boils the pasta for nine minutes",
                                "grills fish with lemon")));
        topics.put(
                "football",
                List.of(
                        List.of("The striker", "Our team", "The goalkeeper", "A young midfielder", "The visiting side"),
                        List.of(
                                "scored in the last minute",
                                "missed a penalty kick",
                                "won the cup final",
                                "was shown a red card by the referee",
                                "trains on the pitch every morning",
                                "lost the match two to one",
                                "kicked the ball over the bar",
                                "celebrated a goal with the fans")));
        topics.put(
                "astronomy",
                List.of(
                        List.of("The telescope", "An astronomer", "The space probe", "A new survey", "The observatory"),
                        List.of(
                                "found a planet around a distant star",
                                "photographed the rings of Saturn",
                                "measured light from a far galaxy",
                                "watched a comet cross the sky",
                                "discovered a black hole",
                                "mapped craters of the moon",
                                "recorded an explosion of a supernova",
                                "followed an asteroid on its orbit")));
        topics.put(
                "finance",
                List.of(
                        List.of("The central bank", "A lender", "The insurer", "An investor", "The treasury"),
                        List.of(
                                "raised its interest rate",
                                "sold government bonds",
                                "lost money on the stock market",
                                "granted a loan to the company",
                                "reported higher quarterly profits",
                                "fears inflation and debt",
                                "bought shares of a rival",
                                "charges a fee for every account")));
        topics.put(
                "gardening",
                List.of(
                        List.of("The gardener", "My neighbour", "A careful grower", "The nursery", "Every spring she"),
                        List.of(
                                "prunes the roses before new growth",
                                "waters seedlings in the greenhouse",
                                "plants tulip bulbs in the soil",
                                "pulls weeds from the flower bed",
                                "spreads compost under the hedge",
                                "grows tomatoes on the balcony",
                                "mows the lawn on Saturdays",
                                "picks slugs off the lettuce")));
        topics.put(
                "medicine",
                List.of(
                        List.of("The doctor", "A nurse", "The surgeon", "The hospital", "A clinical trial"),
                        List.of(
                                "treated the patient for pneumonia",
                                "prescribed antibiotics against the infection",
                                "measured blood pressure and pulse",
                                "tested a vaccine for influenza",
                                "operated on a broken hip",
                                "studies the side effects of a drug",
                                "diagnosed diabetes in a child",
                                "eased the pain of the wound")));
        return topics;
    }

    private static String topic(int sentence) {
        return List.copyOf(TOPICS.keySet()).get(sentence / 40);
    }

    @BeforeAll
    static void index(@TempDir Path dir) throws IOException {
        embedder = Embedder.of(Heddle.model(Path.of("..", "..", "examples", "minilm.heddle")));
        field = new TextVectorField("vector", embedder);
        sentences = new ArrayList<>();
        TOPICS.values()
                .forEach(parts -> parts.get(0)
                        .forEach(begin -> parts.get(1).forEach(end -> sentences.add(begin + " " + end + "."))));
        try (FSDirectory directory = FSDirectory.open(dir.resolve("index"));
                IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
            try (VectorIndexer indexer = new VectorIndexer(writer, field, 100, 1 << 16)) {
                for (int i = 0; i < sentences.size(); i++) {
                    Document document = new Document();
                    document.add(new StoredField("number", i));
                    document.add(new StringField("topic", topic(i), Field.Store.YES));
                    indexer.addDocument(sentences.get(i), document);
                }
            }
            writer.commit();
        }
        // Another process would open it like this.
        reader = DirectoryReader.open(FSDirectory.open(dir.resolve("index")));
        searcher = new IndexSearcher(reader);
    }

    @AfterAll
    static void close() throws IOException {
        reader.close();
        reader.directory().close();
    }

    private static List<Integer> numbers(ScoreDoc[] hits) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (ScoreDoc hit : hits) {
            numbers.add(reader.storedFields()
                    .document(hit.doc)
                    .getField("number")
                    .numericValue()
                    .intValue());
        }
        return numbers;
    }

    private static double dot(float[] a, float[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    @Test
    void sentencesAreFoundByWhatTheyMean() throws IOException {
        assertEquals(240, reader.numDocs());
        Map<String, String> questions = Map.of(
                "cooking", "How do I prepare dinner?",
                "football", "soccer results",
                "astronomy", "objects in outer space",
                "finance", "economy and markets",
                "gardening", "taking care of plants",
                "medicine", "illness and treatment");
        for (var question : questions.entrySet()) {
            for (int n : numbers(searcher.search(field.query(question.getValue(), 10), 10).scoreDocs)) {
                assertEquals(question.getKey(), topic(n), question.getValue() + ": " + sentences.get(n));
            }
        }
    }

    @Test
    void hitsAreThoseOfAllComparisonsInTheirOrder() throws IOException {
        List<float[]> vectors = embedder.embed(sentences);
        for (String text : List.of("a goal in the last minute", "loans", "The doctor", "sky at night")) {
            float[] query = embedder.embed(text);
            List<Integer> expected = IntStream.range(0, sentences.size())
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -dot(query, vectors.get(i))))
                    .limit(10)
                    .toList();
            ScoreDoc[] hits = searcher.search(field.query(text, 10), 10).scoreDocs;
            assertEquals(10, hits.length);
            List<Integer> numbers = numbers(hits);
            for (int i = 0; i < 10; i++) {
                double score = (1 + dot(query, vectors.get(numbers.get(i)))) / 2;
                double best = (1 + dot(query, vectors.get(expected.get(i)))) / 2;
                assertEquals(score, hits[i].score, 1e-5, text);
                // Scores, not numbers: two sentences may be as near as rounding can tell.
                assertEquals(best, hits[i].score, 1e-5, text + ", hit " + i + ": " + sentences.get(numbers.get(i)));
            }
        }
    }

    @Test
    void aFilterLeavesOthersOut() throws IOException {
        Query finance = new TermQuery(new Term("topic", "finance"));
        for (int n : numbers(searcher.search(field.query("the patient has a fever", 5, finance), 5).scoreDocs)) {
            assertEquals("finance", topic(n));
        }
        assertTrue(numbers(searcher.search(field.query("the patient has a fever", 5), 5).scoreDocs).stream()
                .noneMatch(n -> topic(n).equals("finance")));
    }

    @Test
    void aSentenceFindsItself() throws IOException {
        for (int n = 0; n < sentences.size(); n += 17) {
            ScoreDoc[] hits = searcher.search(field.query(sentences.get(n), 1), 1).scoreDocs;
            assertEquals(List.of(n), numbers(hits), sentences.get(n));
            assertEquals(1, hits[0].score, 1e-5);
        }
    }
}
