package heddle.tests.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests that {@code docs/numerics.md} names for its statements are there. */
class NumericsPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    @Test
    void namesTestsThatExist() throws IOException {
        List<MatchResult> named = NAMED.matcher(Files.readString(ROOT.resolve("docs/numerics.md")))
                .results()
                .toList();
        assertTrue(named.size() > 20, named.size() + " tests are named");
        List<String> missing = new ArrayList<>();
        for (MatchResult test : named) {
            if (!exists(test.group(1) + ".java", "void " + test.group(2) + "(")) {
                missing.add(test.group());
            }
        }
        assertEquals(List.of(), missing);
    }

    private static boolean exists(String file, String declaration) throws IOException {
        for (String module : List.of("compiler", "runtime", "cli", "tests")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                for (Path found : files.filter(f -> f.endsWith(file)).toList()) {
                    if (Files.readString(found).contains(declaration)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
