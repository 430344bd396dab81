package heddle.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** House rules that a compiler does not check. */
class HouseRulesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int MOST_LINES = 400;
    private static final int MOST_TEST_LINES = 500;
    private static final int MOST_CLASSES = 30;

    @Test
    void sourcesAreShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources(".java")) {
            long lines;
            try (Stream<String> l = Files.lines(file)) {
                lines = l.count();
            }
            if (lines > (file.toString().contains("/src/test/") ? MOST_TEST_LINES : MOST_LINES)) {
                tooLong.add(ROOT.relativize(file) + " has " + lines + " lines");
            }
        }
        assertEquals(List.of(), tooLong, "split these; CONTRIBUTING.md has the limits");
    }

    /** A stranger reads the list of a package's classes before any of them. */
    @Test
    void packagesAreSmall() throws IOException {
        SortedMap<String, Integer> classes = new TreeMap<>();
        for (Path file : sources(".java")) {
            if (!file.endsWith("package-info.java")) {
                classes.merge(ROOT.relativize(file.getParent()).toString(), 1, Integer::sum);
            }
        }
        classes.values().removeIf(count -> count <= MOST_CLASSES);
        assertEquals(Map.of(), classes, "packages with more than " + MOST_CLASSES + " classes: split them by subject");
    }

    @Test
    void nothingIsLeftOpen() throws IOException {
        assertNowhere(Pattern.compile("\\b(TODO|FIXME|XXX)\\b"), ".java");
        assertNowhere(Pattern.compile("^import (static )?[\\w.]+\\.\\*;"), ".java");
        assertNowhere(Pattern.compile("printStackTrace\\(\\)"), ".java");
    }

    /** {@code Stored} and {@code Precision} say how sixteen bits are held and computed; nobody else decides it again. */
    @Test
    void onePlaceDecidesHowSixteenBitsAreHeld() throws IOException {
        Pattern together =
                Pattern.compile("\\bF16 (\\|\\||&&) .*\\bBF16|\\bBF16 (\\|\\||&&) .*\\bF16|F32, F16, BF16( ->|, I)");
        List<Path> elsewhere = sources(".java").stream()
                .filter(f -> f.toString().contains("/src/main/"))
                .filter(f -> !f.getParent().endsWith("heddle/compiler/type"))
                .toList();
        assertNowhere(together, elsewhere);
    }

    @Test
    void theRootIsFound() throws IOException {
        assertTrue(sources(".java").size() > 100, "sources under " + ROOT);
    }

    private static void assertNowhere(Pattern pattern, String ending) throws IOException {
        assertNowhere(pattern, sources(ending));
    }

    private static void assertNowhere(Pattern pattern, List<Path> sources) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources) {
            if (file.endsWith("HouseRulesTest.java")) {
                continue;
            }
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (pattern.matcher(lines.get(i)).find()) {
                    found.add(ROOT.relativize(file) + ":" + (i + 1) + ": "
                            + lines.get(i).strip());
                }
            }
        }
        assertEquals(List.of(), found, pattern.toString());
    }

    private static List<Path> sources(String ending) throws IOException {
        List<Path> all = new ArrayList<>();
        for (String module : List.of("dsl", "compiler", "runtime", "integrations", "cli", "tests")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module))) {
                files.filter(f -> f.toString().endsWith(ending))
                        .filter(f -> !isBuildOutput(f))
                        .forEach(all::add);
            }
        }
        return all;
    }

    /** Maven writes to a directory beside a module's pom; a package of the same name is source. */
    private static boolean isBuildOutput(Path file) {
        for (Path dir = file.getParent(); !dir.equals(ROOT); dir = dir.getParent()) {
            if (dir.endsWith("target") && Files.exists(dir.resolveSibling("pom.xml"))) {
                return true;
            }
        }
        return false;
    }
}
