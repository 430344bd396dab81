package example;

import dev.langchain4j.data.document.Document;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.store.embedding.EmbeddingStoreIngestor;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import heddle.langchain4j.HeddleEmbeddingModel;
import java.util.stream.Stream;

/** Puts six texts into a store of LangChain4j and asks it questions. */
final class SemanticSearch {
    private SemanticSearch() {}

    public static void main(String[] questions) {
        EmbeddingModel model =
                HeddleEmbeddingModel.builder().published("all-minilm-l6-v2").build();
        InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
        EmbeddingStoreIngestor.builder()
                .embeddingModel(model)
                .embeddingStore(store)
                .build()
                .ingest(Stream.of(
                                "The bank raised its interest rate.",
                                "We sat on the bank of the river.",
                                "The cake rises in the oven for forty minutes.",
                                "The striker scored twice before half-time.",
                                "Prune roses in late winter, before new growth.",
                                "The telescope found a planet around a distant star.")
                        .map(Document::from)
                        .toList());
        var retriever = EmbeddingStoreContentRetriever.builder()
                .embeddingModel(model)
                .embeddingStore(store)
                .maxResults(1)
                .build();
        for (String question :
                questions.length > 0 ? questions : new String[] {"gardening advice", "savings and loans"}) {
            retriever
                    .retrieve(Query.from(question))
                    .forEach(found -> System.out.println(
                            question + ": " + found.textSegment().text()));
        }
    }
}
