package heddle.compiler.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.op.GraphCatalogue;
import heddle.dsl.source.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A graph, and what one rule alone makes of it, as a file says.
 *
 * <pre>
 * // What it shows.
 * graph before { … }
 * becomes                    then the graph after; or
 * stays                      no rule applies; or
 * declines: why              none applies, for this reason
 * </pre>
 *
 * {@code -Dheddle.update=true} writes what comes after the first graph.
 */
record RuleFile(Path path, String text) {
    private static final Path RULES = Path.of("src/test/resources/rules");
    private static final String BECOMES = "becomes\n";
    private static final String STAYS = "stays\n";
    private static final String DECLINES = "declines: ";

    /** The names of the rules that there are files for. */
    static List<String> rules() {
        return list(RULES).map(f -> f.getFileName().toString()).toList();
    }

    /** The files for a rule. */
    static List<RuleFile> of(String rule) {
        return list(RULES.resolve(rule)).map(RuleFile::read).toList();
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RuleFile read(Path path) {
        try {
            return new RuleFile(path, Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of the rule. */
    String rule() {
        return path.getParent().getFileName().toString();
    }

    private int end() {
        return text.indexOf("\n}\n") + 3;
    }

    private String expected() {
        return text.substring(end());
    }

    /** Whether the rule applies. */
    boolean fires() {
        return expected().startsWith(BECOMES);
    }

    /** Runs the rule alone. Where it applies, the graph after must mean the same. */
    void check(RuleSet rule) {
        Graph before = GraphReader.read(
                new SourceFile(path.getFileName().toString(), text.substring(0, end())), GraphCatalogue.PRIMITIVES);
        assertTrue(text.startsWith("// "), path + " begins with a line that says what it shows");
        RuleAssert result = RuleAssert.of(rule, before);
        if (Boolean.getBoolean("heddle.update")) {
            write(result);
            return;
        }
        if (fires()) {
            assertEquals(
                    expected().substring(BECOMES.length()), after(result), path + "; -Dheddle.update=true accepts it");
            result.means(Map.of("N", 3L));
        } else if (expected().equals(STAYS)) {
            result.doesNotFire();
        } else {
            assertTrue(expected().startsWith(DECLINES), () -> path + " says nothing: " + expected());
            result.declines(expected().substring(DECLINES.length()).strip());
        }
    }

    private void write(RuleAssert result) {
        String outcome = result.fires()
                ? BECOMES + after(result)
                : result.reason().map(reason -> DECLINES + reason + "\n").orElse(STAYS);
        try {
            Files.writeString(path, text.substring(0, end()) + outcome);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without origins, which say where in the file a node stood. */
    private static String after(RuleAssert result) {
        return result.text().replaceFirst("graph \\S+ \\{", "graph after {").replaceAll("  // .*", "");
    }

    @Override
    public String toString() {
        return RULES.relativize(path).toString();
    }
}
