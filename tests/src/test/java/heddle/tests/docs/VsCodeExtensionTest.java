package heddle.tests.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.dsl.parse.Keywords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The extension in {@code editors/vscode}: its files are what they say, and its grammar knows the words of the language. */
class VsCodeExtensionTest {
    private static final Path EXTENSION = Path.of("..", "editors", "vscode");

    private static Map<String, Object> json(String file) throws IOException {
        return JSON.std.mapFrom(Files.readString(EXTENSION.resolve(file)));
    }

    /** All texts of some keys, anywhere in a file. */
    private static List<String> values(Object node, Set<String> keys) {
        List<String> found = new ArrayList<>();
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (keys.contains(key) && value instanceof String text) {
                    found.add(text);
                } else {
                    found.addAll(values(value, keys));
                }
            });
        } else if (node instanceof List<?> list) {
            list.forEach(element -> found.addAll(values(element, keys)));
        }
        return found;
    }

    @Test
    void theFilesThatThePackageNamesAreThere() throws IOException {
        Map<String, Object> all = json("package.json");
        List<String> files = values(all.get("contributes"), Set.of("path", "configuration"));
        assertEquals(3, files.size(), files.toString());
        for (String file : files) {
            assertFalse(json(file).isEmpty(), file);
        }
        assertTrue(Files.exists(EXTENSION.resolve(all.get("main").toString())));
        assertEquals(Files.readString(Path.of("..", "LICENSE")), Files.readString(EXTENSION.resolve("LICENSE")));
    }

    @Test
    void theVersionIsTheProjects() throws IOException {
        String pom = Files.readString(Path.of("..", "pom.xml"));
        assertTrue(pom.contains("<version>" + json("package.json").get("version")), "version of package.json");
    }

    @Test
    void theGrammarColoursEachWordOfTheLanguage() throws IOException {
        List<String> patterns = values(json("syntaxes/heddle.tmLanguage.json"), Set.of("match", "begin"));
        List<String> words = new ArrayList<>(Keywords.all());
        assertTrue(words.containsAll(List.of("let", "weight", "scales", "inf")), words.toString());
        Stream.of(DType.values()).map(DType::text).forEach(words::add);
        Stream.of(Stored.values()).map(Stored::text).forEach(words::add);
        for (String word : words) {
            Pattern whole = Pattern.compile("[(|]" + word + "[)|]");
            assertTrue(patterns.stream().anyMatch(p -> whole.matcher(p).find()), word + " is not in " + patterns);
        }
    }

    @Test
    void itsExpressionsAreRegularAndItsReferencesLeadSomewhere() throws IOException {
        Map<String, Object> grammar = json("syntaxes/heddle.tmLanguage.json");
        values(grammar, Set.of("match", "begin", "end")).forEach(Pattern::compile);
        Set<Object> rules = new HashSet<>(((Map<?, ?>) grammar.get("repository")).keySet());
        for (String include : values(grammar, Set.of("include"))) {
            assertTrue(rules.contains(include.substring(1)), include);
        }
    }

    @Test
    void theSettingsAreThoseThatTheServerReads() throws IOException {
        Map<?, ?> contributed = (Map<?, ?>) json("package.json").get("contributes");
        Map<?, ?> settings = (Map<?, ?>) ((Map<?, ?>) contributed.get("configuration")).get("properties");
        assertTrue(settings.containsKey("heddle.lengths"), settings.keySet().toString());
        String extension = Files.readString(EXTENSION.resolve("extension.js"));
        for (Object setting : settings.keySet()) {
            String name = setting.toString().substring("heddle.".length());
            // The client itself reads how much it is to log.
            assertTrue(name.equals("trace.server") || extension.contains("'" + name + "'"), name);
        }
    }
}
