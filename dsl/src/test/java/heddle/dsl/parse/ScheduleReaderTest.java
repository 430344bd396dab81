package heddle.dsl.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.ast.ScheduleFile;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ScheduleReaderTest {
    private static ScheduleFile read(String text) {
        return ScheduleReader.read(new SourceFile("mine.txt", text));
    }

    private static Diagnostic wrong(String text) {
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> read(text));
        assertEquals(1, e.diagnostics().size());
        return e.diagnostics().getFirst();
    }

    @Test
    void everyKindOfChoiceIsRead() {
        ScheduleFile.Kernel kernel = read("""
                // of a model
                schedule layer.0/self:contract#1.pack:
                  cut b each, i 32, e whole
                  order i down
                  place q, k local; v in place
                  bind i group . thread 8 . register 4
                  unroll acc over e 8
                  stage d 16
                  pitch q 1
                  band i 4
                  trim j 8
                  grain 4
                  skip j by t of m[b * N + j], other
                """).kernels().getFirst();
        assertEquals("layer.0/self:contract#1.pack", kernel.name().text());
        assertEquals("mine.txt:2:10", kernel.name().span().toString());
        List<ScheduleFile.Entry> entries = kernel.entries();
        assertEquals(
                List.of("b", "i", "e", "i", "q", "k", "v", "i", "acc", "d", "q", "i", "j", "grain"),
                entries.stream().map(e -> e.subject().text()).toList());
        assertEquals(Optional.of(32), ((ScheduleFile.Cut) entries.get(1)).size());
        assertEquals("in place", ((ScheduleFile.Place) entries.get(6)).place());
        assertEquals(
                List.of(
                        new ScheduleFile.Level("group", 0),
                        new ScheduleFile.Level("thread", 8),
                        new ScheduleFile.Level("register", 4)),
                ((ScheduleFile.Bind) entries.get(7)).chain());
    }

    @Test
    void wordsOfChoicesAreNamesToo() {
        ScheduleFile.Kernel kernel =
                read("schedule k:\n  cut cut 4, order each\n  place place, trim local\n  trim loop 8\n")
                        .kernels()
                        .getFirst();
        assertEquals(
                List.of("cut", "order", "place", "trim", "loop"),
                kernel.entries().stream().map(e -> e.subject().text()).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "'schedule k:\n  cut i many\n', mine.txt:2:9",
        "'schedule k:\n  cot i 4\n', mine.txt:2:3",
        "'schedule k:\n  cut i 4,\n', mine.txt:3:1",
        "'  cut i 4\n', mine.txt:1:3",
        "'schedule k:\n  bind i fibre 8\n', mine.txt:2:10",
        "'schedule k:\n  cut i 99999999999\n', mine.txt:2:9",
        "'schedule k:\n  grain -1\n', mine.txt:2:9",
        "'schedule k:\nschedule k:\n', mine.txt:2:10"
    })
    void aMistakeHasAPlaceAndARemedy(String text, String place) {
        Diagnostic d = wrong(text.replace("\\n", "\n"));
        assertEquals(ScheduleCode.MALFORMED, d.code());
        assertEquals(place, d.primary().orElseThrow().span().toString());
        assertTrue(d.hint().isPresent());
    }

    @ParameterizedTest
    @CsvSource({
        "pich q 1, `pich` is no kind of choice, did you mean pitch?",
        "7 j, `7` is no kind of choice, heddle compile --emit schedule prints schedules in the form that is read here",
        "order i dwn, 'expected `down` or `up`, not `dwn`', did you mean down?",
        "place q locl, 'expected `,`, `in`, `local` or `register`, not `locl`', did you mean local?",
        "unroll acc along m 6, 'expected `over`, not `along`', heddle compile --emit schedule prints schedules in the form that is read here",
        "trim j four, 'expected a number, not `four`', heddle compile --emit schedule prints schedules in the form that is read here"
    })
    void aMistakeIsToldInWords(String line, String message, String hint) {
        Diagnostic d = wrong("schedule k:\n  " + line + "\n");
        assertEquals(message, d.message());
        assertEquals(hint, d.hint().orElseThrow());
    }

    @Test
    void aFileNamesAKernel() {
        for (String text : List.of("", "\n\n", "// mine\n", "skip j by t of m\n")) {
            Diagnostic d = wrong(text);
            assertEquals(ScheduleCode.MALFORMED, d.code());
            assertEquals("mine.txt names no kernel", d.message());
            assertEquals(ScheduleReader.REMEDY, d.hint().orElseThrow());
        }
        assertEquals(1, read("schedule k:\n").kernels().size());
    }

    @ParameterizedTest
    @EnumSource
    void eachCodeHasAPage(ScheduleCode code) throws IOException {
        Path page = Path.of("..", "docs", "errors", code.id() + ".md");
        assertEquals(
                "# " + code.id() + ": " + code.title(),
                Files.readString(page).lines().findFirst().orElseThrow());
    }
}
