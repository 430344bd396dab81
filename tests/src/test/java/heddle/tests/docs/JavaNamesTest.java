package heddle.tests.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Messages and their pages name methods of Java that a user can call: those of {@code heddle.api}. */
class JavaNamesTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

    /** A method of the inside, such as {@code withWeights}; in code that is generated a dot stands before it. */
    private static final Pattern INSIDE = Pattern.compile("(?<![.\\w])with[A-Z]\\w*");

    private static final Pattern METHOD = Pattern.compile("\\b([A-Z]\\w*)\\.([a-z]\\w*)");

    private static final List<JavaClass> API = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("heddle.api").stream()
                    .filter(c -> c.getModifiers().contains(JavaModifier.PUBLIC))
                    .toList();

    @Test
    void everyMethodThatIsNamedIsPublic() throws IOException {
        Set<String> methods = methods();
        List<String> wrong = new ArrayList<>();
        int named = 0;
        for (Text text : texts()) {
            INSIDE.matcher(text.words()).results().forEach(m -> wrong.add(text.file() + ": " + m.group()));
            for (MatchResult method : METHOD.matcher(text.words()).results().toList()) {
                if (API.stream().anyMatch(c -> c.getSimpleName().equals(method.group(1)))) {
                    named++;
                    if (!methods.contains(method.group())) {
                        wrong.add(text.file() + ": " + method.group());
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(named >= 4, named + " methods are named");
    }

    private static Set<String> methods() {
        return API.stream()
                .flatMap(c -> c.getMethods().stream()
                        .filter(m -> m.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(m -> c.getSimpleName() + "." + m.getName()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private record Text(Path file, String words) {}

    /** What is said to users: texts in the sources that are sentences or parts of them, and the pages of errors. */
    private static List<Text> texts() throws IOException {
        List<Text> texts = new ArrayList<>();
        for (String module : List.of("dsl", "compiler", "runtime", "cli")) {
            for (Path file : files(ROOT.resolve(module).resolve("src/main/java"), ".java")) {
                String source = Files.readString(file);
                LITERAL.matcher(source)
                        .results()
                        .map(m -> m.group(1))
                        .filter(words -> words.contains(" ") && !words.endsWith(";"))
                        .forEach(words -> texts.add(new Text(file, words)));
            }
        }
        for (Path file : files(ROOT.resolve("docs/errors"), ".md")) {
            texts.add(new Text(file, Files.readString(file)));
        }
        return texts;
    }

    private static List<Path> files(Path root, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.toString().endsWith(ending)).sorted().toList();
        }
    }
}
