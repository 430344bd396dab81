package heddle.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code heddle diff} prints, in tests and in its document. */
class DiffTest {
    private static final Path MODELS = Path.of("src/test/resources/diff");
    private static final Pattern EXAMPLE = Pattern.compile("```\n\\$ \\./heddle (diff .*)\n([\\s\\S]*?)```");

    @TempDir
    Path dir;

    private String printed;

    @ParameterizedTest
    @CsvSource({
        "layers,rounded,lost,4",
        "rounded,layers,gained,0",
        "layers,renamed,renamed,0",
    })
    void printsTextAndJson(String before, String now, String golden, int code) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "diff",
                MODELS.resolve(before + ".heddle").toString(),
                MODELS.resolve(now + ".heddle").toString(),
                "-D",
                "N=64",
                "--fail-on",
                "unfused,peak:+5%"));
        assertEquals(code, run(arguments), printed);
        GoldenFile.check(MODELS.resolve(golden + ".txt"), printed);
        arguments.addAll(List.of("--format", "json"));
        assertEquals(code, run(arguments), printed);
        GoldenFile.check(
                MODELS.resolve(golden + ".json"),
                printed.replaceAll("\"heddle\" : \"[^\"]*\"", "\"heddle\" : \"VERSION\""));
    }

    @Test
    void theDocumentSaysWhatIsPrinted() throws IOException, InterruptedException {
        Matcher example = EXAMPLE.matcher(Files.readString(Path.of("..", "docs", "diff.md")));
        int found = 0;
        for (; example.find(); found++) {
            Path output = dir.resolve("output" + found);
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "heddle.cli.Main"));
            command.addAll(List.of(example.group(1).split(" ")));
            new ProcessBuilder(command)
                    .directory(Path.of("..").toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(output.toFile())
                    .start()
                    .waitFor();
            assertEquals(example.group(2), Files.readString(output), "./heddle " + example.group(1));
        }
        assertTrue(found > 0, "the document has no example");
    }

    private int run(List<String> arguments) {
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out);
        int code = Main.run(arguments.toArray(String[]::new), InputStream.nullInputStream(), writer, writer);
        writer.flush();
        printed = out.toString();
        return code;
    }
}
