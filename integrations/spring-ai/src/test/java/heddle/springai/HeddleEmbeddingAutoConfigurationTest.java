package heddle.springai;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Embedder;
import heddle.api.Options;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** When the model is made, and from what. */
class HeddleEmbeddingAutoConfigurationTest {
    private static final String[] MODEL = {
        "spring.ai.heddle.embedding.model=classpath:models/bytes.heddle", "spring.ai.heddle.embedding.weights=random"
    };
    /** The model has prompts; this writes none. */
    private static final String PLAIN = "spring.ai.heddle.embedding.prefix=";

    private static final ApplicationContextRunner RUNNER = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(HeddleEmbeddingAutoConfiguration.class));

    private static void run(ContextConsumer<AssertableApplicationContext> check, String... properties) {
        RUNNER.withPropertyValues(MODEL).withPropertyValues(properties).run(check);
    }

    private static float[] vector(String text, String... properties) {
        float[][] vector = new float[1][];
        run(
                context -> {
                    assertNull(context.getStartupFailure());
                    vector[0] = context.getBean(EmbeddingModel.class).embed(text);
                },
                properties);
        return vector[0];
    }

    private static HeddleStartException failure(String... properties) {
        Throwable[] failure = new Throwable[1];
        run(context -> failure[0] = context.getStartupFailure(), properties);
        assertNotNull(failure[0], "the context started");
        Throwable cause = failure[0];
        while (!(cause instanceof HeddleStartException)) {
            cause = cause.getCause();
            assertNotNull(cause, () -> String.valueOf(failure[0]));
        }
        return (HeddleStartException) cause;
    }

    @Test
    void thereIsAModel() {
        run(context -> {
            EmbeddingModel model = context.getBean(EmbeddingModel.class);
            assertInstanceOf(HeddleEmbeddingModel.class, model);
            assertEquals(16, model.dimensions());
        });
    }

    @Test
    void theFrameworksPropertyChoosesAProvider() {
        run(
                context -> assertEquals(
                        1, context.getBeansOfType(EmbeddingModel.class).size()),
                "spring.ai.model.embedding=heddle");
        run(
                context -> assertEquals(
                        0, context.getBeansOfType(EmbeddingModel.class).size()),
                "spring.ai.model.embedding=openai");
        run(
                context -> assertEquals(
                        0, context.getBeansOfType(EmbeddingModel.class).size()),
                "spring.ai.model.embedding=none");
    }

    @Test
    void aModelOfTheProgramReplacesIt() {
        Embedder embedder = Embedder.of(
                ModelLocation.read("classpath:models/bytes.heddle", getClass().getClassLoader()),
                Options.defaults().weights("random"),
                Embedder.Settings.defaults());
        HeddleEmbeddingModel own = HeddleEmbeddingModel.builder("own", embedder).build();
        RUNNER.withPropertyValues("spring.ai.heddle.embedding.model=there/is/none.heddle")
                .withBean(HeddleEmbeddingModel.class, () -> own)
                .run(context -> assertSame(own, context.getBean(EmbeddingModel.class)));
    }

    @Test
    void withoutHeddleOrTheFrameworkThereIsNone() {
        RUNNER.withClassLoader(new FilteredClassLoader(Embedder.class))
                .run(context -> assertFalse(context.containsBean("heddleEmbeddingModel")));
        RUNNER.withClassLoader(new FilteredClassLoader(EmbeddingModel.class))
                .run(context -> assertFalse(context.containsBean("heddleEmbeddingModel")));
    }

    @Test
    void springBootFindsTheConfiguration() throws IOException {
        String all = resources("META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports");
        assertTrue(all.lines().anyMatch(HeddleEmbeddingAutoConfiguration.class.getName()::equals), all);
    }

    /** All resources of a name: several jars have one. */
    private static String resources(String name) throws IOException {
        StringBuilder all = new StringBuilder();
        ClassLoader loader = HeddleEmbeddingAutoConfiguration.class.getClassLoader();
        for (URL url : Collections.list(loader.getResources(name))) {
            try (InputStream in = url.openStream()) {
                all.append(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .append('\n');
            }
        }
        return all.toString();
    }

    @Test
    void promptsAndPrefixesAreWrittenBeforeTexts() {
        float[] query = vector("query: loom", PLAIN);
        assertArrayEquals(query, vector("loom", "spring.ai.heddle.embedding.prompt=query"), 2e-6f);
        assertArrayEquals(query, vector(": loom", "spring.ai.heddle.embedding.prefix=query"), 2e-6f);
        assertFalse(Arrays.equals(query, vector("loom", PLAIN)));
    }

    @Test
    void documentsHaveAPromptOfTheirOwn() {
        assertBegun("query: ", "passage: ");
        assertBegun("", "", PLAIN);
        assertBegun("passage: ", "passage: ", "spring.ai.heddle.embedding.prompt=passage");
        assertBegun("", "passage: ", "spring.ai.heddle.embedding.document-prompt=passage");
        assertBegun(
                "passage: ",
                "query: ",
                "spring.ai.heddle.embedding.prompt=passage",
                "spring.ai.heddle.embedding.document-prompt=query");
    }

    private static void assertBegun(String beforeTexts, String beforeDocuments, String... properties) {
        float[] text = vector(beforeTexts + "loom", PLAIN);
        float[] document = vector(beforeDocuments + "loom", PLAIN);
        run(
                context -> {
                    EmbeddingModel model = context.getBean(EmbeddingModel.class);
                    assertArrayEquals(text, model.embed("loom"), 2e-6f);
                    assertArrayEquals(document, model.embed(new Document("loom")), 2e-6f);
                    List<float[]> batch = model.embed(List.of(new Document("loom")), null, List::of);
                    assertArrayEquals(document, batch.getFirst(), 2e-6f);
                },
                properties);
    }

    @Test
    void settingsReachTheModel() {
        String longText = "a weaver throws the shuttle through the shed of the loom, again and again";
        float[] cut = vector(longText, PLAIN);
        assertArrayEquals(cut, vector(longText.substring(0, 40), PLAIN), 2e-6f);
        assertFalse(Arrays.equals(cut, vector(longText, PLAIN, "spring.ai.heddle.embedding.long-texts=split")));
        float[] unit = vector("loom", "spring.ai.heddle.embedding.normalize=true");
        double squares = 0;
        for (float x : unit) {
            squares += x * x;
        }
        assertEquals(1, squares, 1e-6);
        assertArrayEquals(cut, vector(longText, PLAIN, "spring.ai.heddle.embedding.token-budget=1"), 2e-6f);
        assertArrayEquals(cut, vector(longText, PLAIN, "spring.ai.heddle.embedding.threads=1"), 0f);
        run(
                context -> {
                    EmbeddingModel model = context.getBean(EmbeddingModel.class);
                    Document document = new Document("loom", Map.of("page", 7));
                    assertTrue(model.getEmbeddingContent(document).contains("page: 7"));
                },
                "spring.ai.heddle.embedding.metadata-mode=embed");
    }

    /** The problem names the property and its value, the remedy says what to write. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model=there/is/none.heddle    | there is no file    | name a .heddle or .onnx file",
                "model=classpath:none.heddle   | none.heddle         | classpath: and a resource",
                "model=no-such-encoder.heddle  | there is no file    | all-minilm-l6-v2",
                "threads=0                     | threads are from 1  | all processors",
                "token-budget=0                | one token at least  | leave it out",
                "prompt=qery                   | its prompts are passage, query | spring.ai.heddle.embedding.prefix",
                "document-prompt=qery          | has no prompt       | spring.ai.heddle.embedding.document-prefix",
            })
    void whatCannotBeUsedEndsTheStart(String assignment, String problem, String remedy) {
        HeddleStartException failure = failure("spring.ai.heddle.embedding." + assignment.strip());
        assertTrue(
                failure.problem().contains("spring.ai.heddle.embedding." + assignment.strip()), failure.getMessage());
        assertTrue(failure.problem().contains(problem), failure.getMessage());
        assertTrue(failure.remedy().contains(remedy), failure.getMessage());
    }

    @Test
    void aPromptAndAPrefixAreTooMuch() {
        HeddleStartException failure =
                failure("spring.ai.heddle.embedding.prompt=query", "spring.ai.heddle.embedding.prefix=query: ");
        assertEquals(
                "spring.ai.heddle.embedding.prompt and spring.ai.heddle.embedding.prefix are both set.",
                failure.problem());
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void springBootPrintsTheProblemAndTheRemedy(CapturedOutput output) {
        SpringApplication program = new SpringApplication(HeddleEmbeddingAutoConfiguration.class);
        assertThrows(BeanCreationException.class, () -> program.run("--spring.ai.heddle.embedding.threads=0"));
        assertTrue(output.getAll().contains("APPLICATION FAILED TO START"), output.getAll());
        assertTrue(output.getAll().contains("spring.ai.heddle.embedding.threads=0 cannot be used"), output.getAll());
        assertTrue(output.getAll().contains("leave it out for all processors"), output.getAll());
        assertFalse(output.getAll().contains("\tat heddle"), output.getAll());
    }

    @Test
    void editorsKnowEveryProperty() throws IOException {
        String metadata = resources("META-INF/spring-configuration-metadata.json");
        for (var component : HeddleEmbeddingProperties.class.getRecordComponents()) {
            String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            assertTrue(metadata.contains("\"spring.ai.heddle.embedding." + name + "\""), name);
        }
    }

    @Test
    void aFileMayBeNamedAsAPathOrAsAUri() {
        Path file = Path.of("src", "test", "resources", "models", "bytes.heddle");
        float[] expected = vector("loom");
        assertArrayEquals(expected, vector("loom", "spring.ai.heddle.embedding.model=" + file));
        assertArrayEquals(expected, vector("loom", "spring.ai.heddle.embedding.model=file:" + file.toAbsolutePath()));
    }
}
