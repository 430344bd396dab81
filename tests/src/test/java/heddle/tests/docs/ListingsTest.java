package heddle.tests.docs;

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
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Listings of tiles and schedules that documents show under a command in their text are what it prints. */
class ListingsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern COMMAND =
            Pattern.compile("\\./heddle (compile examples/attention\\.heddle [^`\n]*--emit tiles,schedule[^`\n]*)`");
    private static final Pattern EXAMPLE =
            Pattern.compile("(?m)^\\$ \\./heddle (?:explain|compile|diff) [^\n]*(?:examples|tests)/");

    /** Documents whose examples with a {@code $} are held by ExplainTest and DiffTest. */
    private static final Set<String> HELD =
            Set.of("README.md", "docs/explain.md", "docs/following-q.md", "docs/diff.md");

    private static String printed(String command) {
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out);
        String[] words = command.replace(" examples/", " ../examples/").split(" ");
        assertEquals(0, Main.run(words, InputStream.nullInputStream(), writer, writer), out::toString);
        return out.toString();
    }

    private static String text(String document) throws IOException {
        return Files.readString(ROOT.resolve(document));
    }

    /** The first listing behind the command, which leaves the first line out. */
    @Test
    void theReadmeShowsAKernelAndItsSchedule() throws IOException {
        String readme = text("README.md");
        var command = COMMAND.matcher(readme);
        assertTrue(command.find());
        int begin = readme.indexOf("```\n", command.end()) + 4;
        String shown = readme.substring(begin, readme.indexOf("```", begin));
        String printed = printed(command.group(1));
        assertEquals(printed.substring(printed.indexOf('\n') + 1), shown);
    }

    @Test
    void thePageOfSchedulesShowsOne() throws IOException {
        String page = text("docs/schedules.md");
        int begin = page.indexOf("```\n") + 4;
        String shown = page.substring(begin, page.indexOf("```", begin));
        assertEquals(
                printed("compile examples/attention.heddle --machine avx512 --emit schedule -D B=1 -D N=4096"), shown);
    }

    @Test
    void documentsWithExamplesAreHeld() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(f -> f.toString().endsWith(".md")).forEach(pages::add);
        }
        Set<String> found = new TreeSet<>();
        for (Path page : pages) {
            if (EXAMPLE.matcher(Files.readString(page)).find()) {
                found.add(ROOT.relativize(page).toString().replace('\\', '/'));
            }
        }
        assertEquals(new TreeSet<>(HELD), found);
    }
}
