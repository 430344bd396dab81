package heddle.springai;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.SimpleVectorStore;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A program with a store of the framework finds documents by what they mean, with MiniLM. */
class SemanticSearchTest {
    @Configuration(proxyBeanMethods = false)
    static class Program {
        @Bean
        VectorStore store(EmbeddingModel model) {
            return SimpleVectorStore.builder(model).build();
        }
    }

    @Test
    void theStoreFindsWhatIsMeant() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(HeddleEmbeddingAutoConfiguration.class))
                .withUserConfiguration(Program.class)
                .withPropertyValues("spring.ai.heddle.embedding.model=../../examples/minilm.heddle")
                .run(context -> {
                    VectorStore store = context.getBean(VectorStore.class);
                    store.add(List.of(
                            new Document("She put her savings into an account", Map.of("year", 1999)),
                            new Document("The boat drifted down the stream", Map.of("year", 2004)),
                            new Document("Bread is baked before dawn", Map.of("year", 2011))));
                    assertEquals(List.of("She put her savings into an account"), hits(store, "depositing money", 1));
                    assertEquals(List.of("The boat drifted down the stream"), hits(store, "water transport", 1));
                    assertEquals(
                            "Bread is baked before dawn",
                            hits(store, "a loaf from the oven", 3).getFirst());
                    SearchRequest recent = SearchRequest.builder()
                            .query("depositing money, bread on a boat")
                            .filterExpression("year > 2000")
                            .build();
                    assertEquals(
                            Set.of("The boat drifted down the stream", "Bread is baked before dawn"),
                            store.similaritySearch(recent).stream()
                                    .map(Document::getText)
                                    .collect(Collectors.toSet()));
                });
    }

    private static List<String> hits(VectorStore store, String query, int most) {
        return store
                .similaritySearch(
                        SearchRequest.builder().query(query).topK(most).build())
                .stream()
                .map(Document::getText)
                .toList();
    }
}
