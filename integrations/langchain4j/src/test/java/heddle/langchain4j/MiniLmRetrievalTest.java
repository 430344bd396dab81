package heddle.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.document.Document;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.spi.model.embedding.EmbeddingModelFactory;
import dev.langchain4j.store.embedding.CosineSimilarity;
import dev.langchain4j.store.embedding.EmbeddingStoreIngestor;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MiniLM in LangChain4j's ingestors and retrievers, and beside LangChain4j's own in-process model. */
class MiniLmRetrievalTest {
    private static final Path MINILM = Path.of("..", "..", "examples", "minilm.heddle");
    private static final int THEIR_TOKENS = 128;
    private static final List<String> WORDS = List.of(
            ("the river bank money attention kernel of a compiler tokenizers uncharacteristically antidisestablishmentarianism "
                            + "plays chess in Paris, 1984; and we're walking along! quantum cellos sing Überraschung naïve 東京 forty-two")
                    .split(" "));

    private static HeddleEmbeddingModel model;

    @BeforeAll
    static void compile() {
        model = HeddleEmbeddingModel.builder()
                .modelPath(MINILM)
                .splitLongTexts()
                .build();
    }

    private static String text(int words, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(i == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
        }
        return text.toString();
    }

    /**
     * LangChain4j's tokenizer file says that texts are cut at 128 tokens, which its model heeds. Heddle's takes the 512 that the model
     * has places for, unless the model's file says otherwise.
     */
    @Test
    void vectorsAreThoseOfTheModelThatLangChain4jRunsItself(@TempDir Path dir) throws IOException {
        long seed = 15;
        Random random = new Random(seed);
        List<TextSegment> texts = new ArrayList<>();
        for (int words : new int[] {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 300, 600}) {
            texts.add(TextSegment.from(text(words, random)));
            texts.add(TextSegment.from(text(1 + random.nextInt(30), random)));
        }
        List<Embedding> expected =
                new AllMiniLmL6V2EmbeddingModel().embedAll(texts).content();
        List<Embedding> whole = model.embedAll(texts).content();
        List<Embedding> cut = HeddleEmbeddingModel.builder()
                .modelPath(minilm(dir, THEIR_TOKENS))
                .build()
                .embedAll(texts)
                .content();
        int longer = 0;
        for (int i = 0; i < texts.size(); i++) {
            String what = "seed " + seed + ", text " + i;
            assertAlike(expected.get(i), cut.get(i), what);
            if (model.embed(texts.get(i)).tokenUsage().inputTokenCount() <= THEIR_TOKENS) {
                assertAlike(expected.get(i), whole.get(i), what);
            } else {
                longer++;
                assertTrue(difference(expected.get(i), whole.get(i)) > 1e-3, what + " is read to its end");
            }
        }
        assertEquals(4, longer, "texts with more tokens than LangChain4j's model takes");
    }

    /** Writes MiniLM with another most number of tokens. */
    private static Path minilm(Path dir, int tokens) throws IOException {
        Path examples = MINILM.getParent();
        Files.copy(examples.resolve("minilm-packed.heddle"), dir.resolve("minilm.heddle"));
        Files.writeString(
                dir.resolve("minilm.properties"),
                Files.readString(examples.resolve("minilm-packed.properties"))
                        .replaceFirst("(?m)^tokens *= *512$", "tokens = " + tokens));
        return dir.resolve("minilm.heddle");
    }

    private static void assertAlike(Embedding expected, Embedding actual, String what) {
        double cosine = CosineSimilarity.between(expected, actual);
        assertTrue(cosine > 0.9999, what + ": cosine " + cosine);
        assertEquals(0, difference(expected, actual), 1e-4, what);
    }

    private static double difference(Embedding a, Embedding b) {
        double most = 0;
        for (int i = 0; i < a.dimension(); i++) {
            most = Math.max(most, Math.abs(a.vector()[i] - b.vector()[i]));
        }
        return most;
    }

    private static List<Document> documents() {
        List<String> texts = List.of(
                "The cake rises in the oven for forty minutes.",
                "The striker scored twice before half-time.",
                "The telescope found a planet around a distant star.",
                "The central bank raised its interest rate.",
                "Prune roses in late winter, before new growth.",
                "The compiler proves that every address lies in its buffer.");
        return texts.stream()
                .map(t -> Document.from(t, Metadata.from("topic", t.split(" ", 3)[1])))
                .toList();
    }

    @Test
    void aRetrieverFindsWhatAnIngestorStored() {
        InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
        var ingested = EmbeddingStoreIngestor.builder()
                .embeddingModel(model)
                .embeddingStore(store)
                .build()
                .ingest(documents());
        assertTrue(ingested.tokenUsage().inputTokenCount() > 6 * 8, "tokens " + ingested.tokenUsage());
        var retriever = EmbeddingStoreContentRetriever.builder()
                .embeddingModel(model)
                .embeddingStore(InMemoryEmbeddingStore.fromJson(store.serializeToJson()))
                .maxResults(1)
                .build();
        assertEquals("cake", topic(retriever, "How long do I bake it?"));
        assertEquals("striker", topic(retriever, "Who won the football match?"));
        assertEquals("telescope", topic(retriever, "news from astronomy"));
        assertEquals("central", topic(retriever, "monetary policy"));
        assertEquals("roses", topic(retriever, "gardening advice"));
        assertEquals("compiler", topic(retriever, "memory safety of generated code"));
    }

    private static String topic(EmbeddingStoreContentRetriever retriever, String query) {
        return retriever
                .retrieve(Query.from(query))
                .getFirst()
                .textSegment()
                .metadata()
                .getString("topic");
    }

    /** Hides the factories of other jars: LangChain4j refuses to choose between two. */
    private static final class OneFactory extends ClassLoader {
        OneFactory(ClassLoader parent) {
            super(parent);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            List<URL> all = Collections.list(super.getResources(name));
            if (name.endsWith(EmbeddingModelFactory.class.getName())) {
                all.removeIf(url -> url.toString().contains("all-minilm"));
            }
            return Collections.enumeration(all);
        }
    }

    @Test
    void langChain4jFindsTheModelByItself() {
        List<EmbeddingModelFactory> ours = StreamSupport.stream(
                        ServiceLoader.load(EmbeddingModelFactory.class).spliterator(), false)
                .filter(HeddleEmbeddingModelFactory.class::isInstance)
                .toList();
        assertEquals(1, ours.size());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(new OneFactory(before));
        System.setProperty(HeddleEmbeddingModelFactory.PROPERTY, MINILM.toString());
        try {
            InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
            EmbeddingStoreIngestor.ingest(documents(), store);
            assertEquals("roses", topic(EmbeddingStoreContentRetriever.from(store), "gardening advice"));
            var model =
                    assertInstanceOf(HeddleEmbeddingModel.class, ours.getFirst().create());
            assertSame(model, new HeddleEmbeddingModelFactory().create(), "all share one compiled model");
        } finally {
            System.clearProperty(HeddleEmbeddingModelFactory.PROPERTY);
            thread.setContextClassLoader(before);
        }
        if (System.getenv(HeddleEmbeddingModelFactory.VARIABLE) == null) {
            HeddleEmbeddingModel usual =
                    assertInstanceOf(HeddleEmbeddingModel.class, ours.getFirst().create());
            assertEquals(384, usual.dimension());
        }
    }
}
