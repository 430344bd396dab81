package heddle.springai;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Embedder;
import heddle.api.Options;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.DefaultContentFormatter;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.TokenCountBatchingStrategy;
import org.springframework.ai.embedding.observation.EmbeddingModelObservationContext;
import org.springframework.ai.tokenizer.JTokkitTokenCountEstimator;

/** What the framework's interface promises, with a small model. */
class HeddleEmbeddingModelTest {
    private static final Embedder EMBEDDER = Embedder.of(
            ModelLocation.read("classpath:models/bytes.heddle", HeddleEmbeddingModelTest.class.getClassLoader()),
            Options.defaults().weights("random").threads(2),
            Embedder.Settings.defaults());
    private static final List<String> TEXTS = List.of("warp", "a", "the shuttle flies", "");

    private static HeddleEmbeddingModel.Builder model() {
        return HeddleEmbeddingModel.builder("bytes", EMBEDDER);
    }

    /** Bytes are tokens, and the model takes forty of a text. */
    private static int tokens(List<String> texts) {
        return texts.stream().mapToInt(t -> Math.min(40, t.length())).sum();
    }

    @Test
    void aRequestHasTheVectorsOfItsTextsInOrder() {
        EmbeddingResponse response = model().build().call(new EmbeddingRequest(TEXTS, null));
        assertEquals(TEXTS.size(), response.getResults().size());
        for (int i = 0; i < TEXTS.size(); i++) {
            assertEquals(i, response.getResults().get(i).getIndex());
            assertArrayEquals(
                    EMBEDDER.embed(TEXTS.get(i)), response.getResults().get(i).getOutput(), 2e-6f);
        }
        assertEquals("bytes", response.getMetadata().getModel());
        assertEquals(tokens(TEXTS), response.getMetadata().getUsage().getPromptTokens());
        assertEquals(tokens(TEXTS), response.getMetadata().getUsage().getTotalTokens());
        assertEquals(0, response.getMetadata().getUsage().getCompletionTokens());
        assertFalse(response.getMetadata().containsKey(HeddleEmbeddingModel.LONG_TEXTS));
    }

    @Test
    void allWaysInAgree() {
        HeddleEmbeddingModel model = model().build();
        float[] expected = EMBEDDER.embed("warp");
        assertArrayEquals(expected, model.embed("warp"), 2e-6f);
        assertArrayEquals(expected, model.embed(List.of("weft", "warp")).get(1), 2e-6f);
        assertArrayEquals(expected, model.embed(new Document("warp")), 2e-6f);
        assertArrayEquals(
                expected, model.embedForResponse(List.of("warp")).getResult().getOutput(), 2e-6f);
        assertEquals(expected.length, model.dimensions());
        assertEquals(List.of(), model.embed(List.of()));
    }

    @Test
    void longTextsAreCounted() {
        EmbeddingResponse response =
                model().build().embedForResponse(List.of("warp", "w".repeat(41), "w".repeat(40), "w".repeat(90)));
        assertEquals(Long.valueOf(2), response.getMetadata().get(HeddleEmbeddingModel.LONG_TEXTS));
    }

    @Test
    void metadataAreWrittenByTheDocumentsFormatter() {
        Document document = new Document("warp", Map.of("page", 7));
        assertEquals("warp", model().build().getEmbeddingContent(document));
        HeddleEmbeddingModel embed = model().metadataMode(MetadataMode.EMBED).build();
        assertEquals("page: 7\n\nwarp", embed.getEmbeddingContent(document));
        document.setContentFormatter(DefaultContentFormatter.builder()
                .withTextTemplate("{content} ({metadata_string})")
                .withMetadataTemplate("{key} {value}")
                .build());
        assertArrayEquals(EMBEDDER.embed("warp (page 7)"), embed.embed(document), 2e-6f);
        List<float[]> batch = embed.embed(List.of(document), null, List::of);
        assertArrayEquals(EMBEDDER.embed("warp (page 7)"), batch.getFirst(), 2e-6f);
    }

    @Test
    void documentsAreEmbeddedInTheStrategysBatches() {
        List<EmbeddingRequest> requests = new ArrayList<>();
        HeddleEmbeddingModel model = model().observationRegistry(told(c -> requests.add(c.getRequest())))
                .build();
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            documents.add(new Document("thread " + "over and under ".repeat(i % 3) + i));
        }
        TokenCountBatchingStrategy strategy = new TokenCountBatchingStrategy(
                new JTokkitTokenCountEstimator(), 40, 0, Document.DEFAULT_CONTENT_FORMATTER, MetadataMode.NONE);
        List<float[]> vectors =
                model.embed(documents, EmbeddingOptions.builder().build(), strategy);
        assertEquals(strategy.batch(documents).size(), requests.size());
        assertTrue(requests.size() > 2 && requests.size() < 20, requests.size() + " batches");
        for (int i = 0; i < documents.size(); i++) {
            assertArrayEquals(EMBEDDER.embed(documents.get(i).getText()), vectors.get(i), 2e-6f);
        }
    }

    @Test
    void batchesHaveToHoldEachDocumentOnce() {
        List<Document> documents = List.of(new Document("warp"), new Document("weft"));
        HeddleEmbeddingModel model = model().build();
        var e = assertThrows(
                IllegalArgumentException.class, () -> model.embed(documents, null, all -> List.of(all.subList(0, 1))));
        assertTrue(e.getMessage().contains("1 documents of 2"), e.getMessage());
    }

    @Test
    void requestsAreObserved() {
        List<EmbeddingModelObservationContext> contexts = new ArrayList<>();
        model().observationRegistry(told(contexts::add)).build().embed(TEXTS);
        assertEquals(1, contexts.size());
        EmbeddingModelObservationContext context = contexts.getFirst();
        assertEquals("gen_ai.client.operation", context.getName());
        assertEquals("embedding bytes", context.getContextualName());
        assertEquals(
                "heddle", context.getLowCardinalityKeyValue("gen_ai.system").getValue());
        assertEquals(
                "bytes",
                context.getLowCardinalityKeyValue("gen_ai.response.model").getValue());
        assertEquals(
                String.valueOf(tokens(TEXTS)),
                context.getHighCardinalityKeyValue("gen_ai.usage.input_tokens").getValue());
    }

    /** A registry that passes on each request that has ended. */
    private static ObservationRegistry told(Consumer<EmbeddingModelObservationContext> ended) {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<EmbeddingModelObservationContext>() {
            @Override
            public void onStop(EmbeddingModelObservationContext context) {
                ended.accept(context);
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof EmbeddingModelObservationContext;
            }
        });
        return registry;
    }

    @Test
    void whatTheModelCannotDoIsRefused() {
        HeddleEmbeddingModel model = model().build();
        assertRefused(model, EmbeddingOptions.builder().model("other").build(), "asks for the model other");
        assertRefused(model, EmbeddingOptions.builder().dimensions(8).build(), "asks for 8 dimensions");
        model.call(new EmbeddingRequest(
                TEXTS, EmbeddingOptions.builder().model("bytes").dimensions(16).build()));
        List<String> withNull = new ArrayList<>(TEXTS);
        withNull.set(2, null);
        var e = assertThrows(IllegalArgumentException.class, () -> model.embed(withNull));
        assertEquals("text 2 of the request is null", e.getMessage());
    }

    private static void assertRefused(HeddleEmbeddingModel model, EmbeddingOptions options, String message) {
        EmbeddingRequest request = new EmbeddingRequest(TEXTS, options);
        var e = assertThrows(IllegalArgumentException.class, () -> model.call(request));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    /** Vectors and counts are those of the caller's own texts. */
    @Test
    void callersDoNotMix() throws Exception {
        HeddleEmbeddingModel model = model().build();
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<Future<?>> callers = new ArrayList<>();
            for (int caller = 0; caller < 8; caller++) {
                List<String> texts = new ArrayList<>();
                for (int i = 0; i <= caller; i++) {
                    texts.add("thread ".repeat(i) + caller);
                }
                callers.add(pool.submit(() -> assertOwn(model, texts)));
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
        }
    }

    private static void assertOwn(HeddleEmbeddingModel model, List<String> texts) {
        for (int round = 0; round < 40; round++) {
            EmbeddingResponse response = model.embedForResponse(texts);
            assertEquals(tokens(texts), response.getMetadata().getUsage().getPromptTokens());
            for (int i = 0; i < texts.size(); i++) {
                assertArrayEquals(
                        EMBEDDER.embed(texts.get(i)),
                        response.getResults().get(i).getOutput(),
                        2e-6f);
            }
        }
    }
}
