package heddle.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.listener.EmbeddingModelErrorContext;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.listener.EmbeddingModelRequestContext;
import dev.langchain4j.model.embedding.listener.EmbeddingModelResponseContext;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.output.Response;
import heddle.api.Heddle;
import heddle.api.HeddleException;
import heddle.api.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What LangChain4j asks of an embedding model, with a small one. */
class HeddleEmbeddingModelTest {
    private static Path file;
    private static HeddleEmbeddingModel plain;

    /** Like e5: queries and passages begin differently. */
    private static HeddleEmbeddingModel asymmetric;

    @BeforeAll
    static void compile(@TempDir Path dir) throws IOException {
        Path prompts = Files.createDirectory(dir.resolve("prompts"));
        asymmetric = ByteModel.builder(
                        ByteModel.write(prompts, "prompt.query = \"query: \"\nprompt.passage = \"passage: \"\n"))
                .build();
        file = ByteModel.write(dir, "");
        plain = ByteModel.builder(file).build();
    }

    private static List<TextSegment> segments(String... texts) {
        return Arrays.stream(texts).map(TextSegment::from).toList();
    }

    private static Embedding asked(HeddleEmbeddingModel model, String text, EmbeddingInputType type) {
        return model.embed(
                        EmbeddingRequest.builder().input(text).inputType(type).build())
                .embeddings()
                .getFirst();
    }

    private static void assertAlike(Embedding expected, Embedding actual) {
        assertArrayEquals(expected.vector(), actual.vector(), 2e-6f);
    }

    @Test
    void allTextsHaveTheirVectorsInOrder() {
        String[] texts = {"one", "twenty-two and a bit", "3", "four"};
        Response<List<Embedding>> all = plain.embedAll(segments(texts));
        assertEquals(texts.length, all.content().size());
        for (int i = 0; i < texts.length; i++) {
            Response<Embedding> alone = plain.embed(texts[i]);
            assertEquals(texts[i].length(), alone.tokenUsage().inputTokenCount());
            assertAlike(alone.content(), all.content().get(i));
        }
        assertEquals(
                Arrays.stream(texts).mapToInt(String::length).sum(),
                all.tokenUsage().inputTokenCount());
        assertNotEquals(all.content().get(0), all.content().get(3));
    }

    @Test
    void responsesNameTheModel() {
        assertEquals("Bytes", plain.modelName());
        assertEquals(16, plain.dimension());
        assertEquals(ByteModel.LIMIT, plain.mostTokens());
        EmbeddingRequest request = EmbeddingRequest.builder().input("a").build();
        assertEquals("Bytes", plain.embed(request).metadata().modelName());
        HeddleEmbeddingModel named = ByteModel.builder(file).modelName("small").build();
        assertEquals("small", named.embed(request).metadata().modelName());
    }

    @Test
    void nothingHasNoVectors() {
        assertEquals(List.of(), plain.embedAll(List.of()).content());
    }

    @Test
    void aNullTextIsNamed() {
        var e = assertThrows(
                IllegalArgumentException.class,
                () -> plain.embedAll(Arrays.asList(TextSegment.from("a"), null, TextSegment.from("b"))));
        assertEquals("text 1 of 3 is null", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> plain.embed((String) null));
        assertThrows(IllegalArgumentException.class, () -> plain.embed((TextSegment) null));
    }

    /** Text segments are never blank. Requests may be, and are texts like others. */
    @Test
    void blankTextsAreRefusedByTheFrameworkOrHaveAVector() {
        var e = assertThrows(IllegalArgumentException.class, () -> plain.embed("  "));
        assertTrue(e.getMessage().contains("blank"), e.getMessage());
        var blank = plain.embed(EmbeddingRequest.builder().inputs("a", "  ").build());
        assertEquals(2, blank.embeddings().size());
        assertEquals(1, length(blank.embeddings().get(1)), 1e-6);
        assertThrows(
                IllegalArgumentException.class,
                () -> plain.embed(
                        EmbeddingRequest.builder().input((String) null).build()));
    }

    private static double length(Embedding embedding) {
        double squares = 0;
        for (float x : embedding.vector()) {
            squares += x * x;
        }
        return Math.sqrt(squares);
    }

    @Test
    void longTextsAreCutOrSplitAndCounted() {
        String text = "0123456789".repeat(7);
        HeddleEmbeddingModel cuts = plain;
        long before = cuts.longTexts();
        Response<Embedding> cut = cuts.embed(text);
        assertAlike(cuts.embed(text.substring(0, ByteModel.LIMIT)).content(), cut.content());
        assertEquals(ByteModel.LIMIT, cut.tokenUsage().inputTokenCount());
        assertEquals(before + 1, cuts.longTexts());
        HeddleEmbeddingModel splits = ByteModel.builder(file).splitLongTexts().build();
        Response<Embedding> split = splits.embed(text);
        assertEquals(text.length(), split.tokenUsage().inputTokenCount());
        assertNotEquals(cut.content(), split.content());
    }

    @Test
    void requestsSayWhichTextsAreQueries() {
        Embedding query = asked(asymmetric, "bank", EmbeddingInputType.QUERY);
        Embedding document = asked(asymmetric, "bank", EmbeddingInputType.DOCUMENT);
        assertAlike(asymmetric.embed("query: bank").content(), query);
        assertAlike(asymmetric.embed("passage: bank").content(), document);
        assertNotEquals(query, document);
        long before = asymmetric.longTexts();
        asked(asymmetric, "long ".repeat(10), EmbeddingInputType.QUERY);
        assertEquals(before + 1, asymmetric.longTexts());
    }

    @Test
    void aModelWithoutPromptsRefusesToTellQueriesApart() {
        var e = assertThrows(UnsupportedFeatureException.class, () -> asked(plain, "bank", EmbeddingInputType.QUERY));
        assertTrue(e.getMessage().contains("inputType"), e.getMessage());
    }

    @Test
    void prefixesStandInForPrompts() {
        HeddleEmbeddingModel model =
                ByteModel.builder(file).queryPrefix("find: ").prefix("text: ").build();
        assertAlike(model.withPrefix("find: ").embed("bank").content(), asked(model, "bank", EmbeddingInputType.QUERY));
        assertAlike(model.embed("bank").content(), asked(model, "bank", EmbeddingInputType.DOCUMENT));
        assertNotEquals(model.embed("bank").content(), asked(model, "bank", EmbeddingInputType.QUERY));
    }

    @Test
    void aSecondModelWithAPromptSharesTheFirst() {
        HeddleEmbeddingModel queries = asymmetric.withPrompt("query");
        assertEquals(
                asked(asymmetric, "bank", EmbeddingInputType.QUERY),
                queries.embed("bank").content());
        assertEquals(
                asked(asymmetric, "bank", EmbeddingInputType.DOCUMENT),
                asked(queries, "bank", EmbeddingInputType.DOCUMENT));
        var e = assertThrows(HeddleException.class, () -> asymmetric.withPrompt("question"));
        assertTrue(e.getMessage().contains("its prompts are passage, query"), e.getMessage());
    }

    @Test
    void settingsChangeVectorsAsTheySay() {
        Embedding whole =
                ByteModel.builder(file).normalize(false).build().embed("bank").content();
        assertNotEquals(1, length(whole), 1e-3);
        whole.normalize();
        assertAlike(plain.embed("bank").content(), whole);
        List<TextSegment> texts = segments("one", "two", "three", "four");
        List<Embedding> few =
                ByteModel.builder(file).tokenBudget(5).build().embedAll(texts).content();
        List<Embedding> many = plain.embedAll(texts).content();
        for (int i = 0; i < few.size(); i++) {
            assertAlike(many.get(i), few.get(i));
        }
    }

    @Test
    void listenersAreToldOnce() {
        List<Object> told = new ArrayList<>();
        EmbeddingModelListener listener = new EmbeddingModelListener() {
            @Override
            public void onRequest(EmbeddingModelRequestContext context) {
                told.add(context);
            }

            @Override
            public void onResponse(EmbeddingModelResponseContext context) {
                told.add(context);
            }

            @Override
            public void onError(EmbeddingModelErrorContext context) {
                told.add(context);
            }
        };
        HeddleEmbeddingModel model =
                ByteModel.builder(file).listeners(List.of(listener)).build();
        model.embedAll(segments("a", "bc"));
        assertEquals(2, told.size());
        var request = assertInstanceOf(EmbeddingModelRequestContext.class, told.get(0));
        assertEquals(2, request.textSegments().size());
        assertSame(model, request.embeddingModel());
        var response = assertInstanceOf(EmbeddingModelResponseContext.class, told.get(1));
        assertEquals(3, response.response().tokenUsage().inputTokenCount());
    }

    @Test
    void manyThreadsShareAModel() throws Exception {
        List<String> texts = IntStream.range(0, 64)
                .mapToObj(i -> "text " + "x".repeat(i % 20) + i)
                .toList();
        List<Embedding> expected =
                texts.stream().map(t -> plain.embed(t).content()).toList();
        try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
            List<Callable<Response<List<Embedding>>>> calls = IntStream.range(0, 32)
                    .<Callable<Response<List<Embedding>>>>mapToObj(i ->
                            () -> plain.embedAll(texts.subList(i, i + 32).stream()
                                    .map(TextSegment::from)
                                    .toList()))
                    .toList();
            List<Future<Response<List<Embedding>>>> ended = callers.invokeAll(calls);
            for (int i = 0; i < ended.size(); i++) {
                Response<List<Embedding>> response = ended.get(i).get();
                int tokens = 0;
                for (int j = 0; j < 32; j++) {
                    assertAlike(expected.get(i + j), response.content().get(j));
                    tokens += texts.get(i + j).length();
                }
                assertEquals(tokens, response.tokenUsage().inputTokenCount(), "each call counts its own tokens");
            }
        }
    }

    @Test
    void aModelIsNamedOnce() {
        var none = assertThrows(
                IllegalStateException.class,
                () -> HeddleEmbeddingModel.builder().build());
        assertTrue(none.getMessage().contains("modelPath"), none.getMessage());
        assertThrows(
                IllegalStateException.class,
                () -> ByteModel.builder(file).model(Heddle.model(file)).build());
        HeddleEmbeddingModel read = HeddleEmbeddingModel.builder()
                .model(Heddle.model(file))
                .options(Options.defaults().weights("random"))
                .build();
        assertAlike(plain.embed("a").content(), read.embed("a").content());
    }

    @Test
    void aModelThatCannotBeUsedSaysWhy() {
        var e = assertThrows(
                HeddleException.class,
                () -> HeddleEmbeddingModel.builder().modelPath(file).build());
        assertTrue(e.getMessage().contains("weights"), e.getMessage());
        var missing = HeddleEmbeddingModel.builder().modelPath(file.resolveSibling("none.heddle"));
        assertThrows(HeddleException.class, missing::build);
    }
}
