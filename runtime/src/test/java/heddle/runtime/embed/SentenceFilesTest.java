package heddle.runtime.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentenceFilesTest {
    @TempDir
    Path dir;

    private void write(String file, String text) throws IOException {
        Path path = dir.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void withoutFilesNothingIsSaid() {
        assertEquals(SentenceFiles.NONE, SentenceFiles.read(ModelSource.file(dir.resolve("model.heddle"))));
    }

    @Test
    void allFilesAreRead() throws IOException {
        write("modules.json", """
                [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                 {"idx": 1, "name": "1", "path": "2_Pool", "type": "sentence_transformers.models.Pooling"},
                 {"idx": 2, "name": "2", "path": "3_Normalize", "type": "sentence_transformers.models.Normalize"}]
                """);
        write("2_Pool/config.json", """
                {"word_embedding_dimension": 384, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false,
                 "pooling_mode_max_tokens": false, "include_prompt": false}
                """);
        write("sentence_bert_config.json", "{\"max_seq_length\": 256, \"do_lower_case\": true}");
        write("config_sentence_transformers.json", """
                {"prompts": {"query": "query: ", "passage": "passage: ", "none": null}, "default_prompt_name": "passage"}
                """);
        assertEquals(
                new SentenceFiles(
                        Optional.of(Pooling.CLS),
                        Optional.of(true),
                        Optional.of(256),
                        Map.of("query", "query: ", "passage", "passage: "),
                        Optional.of("passage"),
                        true,
                        false),
                SentenceFiles.read(ModelSource.file(dir.resolve("model.heddle"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"pooling_mode_mean_tokens\": true} | MEAN",
                "{\"pooling_mode_lasttoken\": true, \"pooling_mode_mean_tokens\": false} | LAST",
                "{\"pooling_mode\": \"cls\"} | CLS"
            })
    void poolingIsReadWithoutAList(String config, Pooling pooling) throws IOException {
        write("1_Pooling/config.json", config);
        assertEquals(
                Optional.of(pooling),
                SentenceFiles.read(ModelSource.file(dir.resolve("model.heddle")))
                        .pooling());
        assertEquals(
                Optional.empty(),
                SentenceFiles.read(ModelSource.file(dir.resolve("model.heddle")))
                        .normalize());
    }

    /** It may ask for what is not computed where it is not used; what says how the texts are read still counts. */
    @Test
    void poolingThatIsNotUsedIsNotRead() throws IOException {
        write("1_Pooling/config.json", "{\"pooling_mode_max_tokens\": true}");
        write("sentence_bert_config.json", "{\"max_seq_length\": 256}");
        SentenceFiles files = SentenceFiles.read(ModelSource.file(dir.resolve("model.heddle")), false);
        assertEquals(Optional.empty(), files.pooling());
        assertEquals(Optional.of(256), files.tokens());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1_Pooling/config.json | {\"pooling_mode_max_tokens\": true} | pooling_mode_max_tokens",
                "1_Pooling/config.json | {\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": true} | and",
                "modules.json | [{\"type\": \"sentence_transformers.models.Dense\", \"path\": \"2\"}] | models.Dense",
                "modules.json | {} | not a list",
                "sentence_bert_config.json | {\"max_seq_length\": \"long\"} | max_seq_length is \"long\", and should be a whole number",
                "sentence_bert_config.json | {\"do_lower_case\": 1} | do_lower_case is 1, and should be true or false",
                "sentence_bert_config.json | {\"max_seq_length\": 0} | max_seq_length is 0",
                "config_sentence_transformers.json | {\"prompts\": {\"query\": 3}} | its prompt query is 3",
                "config_sentence_transformers.json | [ | end"
            })
    void whatIsNotComputedIsSaid(String file, String text, String reason) throws IOException {
        write(file, text);
        Diagnostic wrong = assertThrows(
                        DiagnosticException.class,
                        () -> SentenceFiles.read(ModelSource.file(dir.resolve("model.heddle"))))
                .diagnostics()
                .getFirst();
        assertEquals(EmbedCode.SENTENCE_FILE, wrong.code());
        assertTrue(wrong.notes().getFirst().contains(reason), wrong.notes().getFirst());
    }
}
