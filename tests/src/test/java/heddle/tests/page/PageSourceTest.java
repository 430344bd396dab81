package heddle.tests.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.page.ReportPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page's own code: nothing that could run what a model is called, and one name for one thing. */
class PageSourceTest {
    private static final Path SOURCES = Path.of("..", "cli", "src", "main", "resources", "heddle", "cli", "page");
    private static final Pattern DANGEROUS = Pattern.compile("innerHTML|outerHTML|insertAdjacentHTML|document\\.write"
            + "|\\beval\\(|new Function|setAttribute\\('style'|createObjectURL|new Worker|fetch\\(|XMLHttpRequest"
            + "|import\\(|https?://(?!www\\.w3\\.org/)");
    private static final Pattern DECLARED =
            Pattern.compile("(?m)^(?:export )?(?:async )?(?:function|const|class|let) (\\w+)");
    private static final int MOST_LINES = 400;

    @Test
    void nothingReadsTextAsMarkup() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources()) {
            Matcher m = DANGEROUS.matcher(Files.readString(file));
            while (m.find()) {
                found.add(file.getFileName() + ": " + m.group());
            }
        }
        assertEquals(List.of(), found);
    }

    /** The modules become one script, in which each name at the top is one thing. */
    @Test
    void namesAreUnique() throws IOException {
        Map<String, Path> names = new HashMap<>();
        List<String> twice = new ArrayList<>();
        for (Path file : sources()) {
            Matcher m = DECLARED.matcher(Files.readString(file));
            while (m.find()) {
                Path other = names.putIfAbsent(m.group(1), file);
                if (other != null) {
                    twice.add(m.group(1) + " in " + other.getFileName() + " and " + file.getFileName());
                }
            }
        }
        assertEquals(List.of(), twice);
    }

    @Test
    void modulesAreShortAndAllThere() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources()) {
            int lines = Files.readAllLines(file).size();
            if (lines > MOST_LINES) {
                wrong.add(file.getFileName() + " has " + lines + " lines");
            }
            if (!ReportPage.MODULES.contains(file.getFileName().toString())) {
                wrong.add(file.getFileName() + " is not in the page");
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void theScriptIsSmall() {
        String script = ReportPage.script();
        assertTrue(ReportPage.packedLength() < 180_000, ReportPage.packedLength() + " characters");
        assertTrue(!Pattern.compile("(?m)^(import|export) ").matcher(script).find(), "imports are taken out");
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(f -> f.toString().endsWith(".js")).sorted().toList();
        }
    }
}
