package heddle.tests.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import heddle.runtime.onnx.OnnxImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code docs/onnx.md} lists all operators that have a translation, each once. */
class OnnxOperatorsPageTest {
    /** What the translation itself takes care of. */
    private static final Set<String> OWN = Set.of("Constant", "Shape");

    private static final Pattern NAME = Pattern.compile("`(\\w+)`");

    private static List<String> listed(String heading) throws IOException {
        String page = Files.readString(Path.of("../docs/onnx.md"));
        String section = page.substring(page.indexOf("\n### " + heading + "\n"));
        List<String> names = new ArrayList<>();
        for (String line : section.substring(1)
                .lines()
                .skip(1)
                .takeWhile(l -> !l.startsWith("#"))
                .toList()) {
            if (line.startsWith("| `")) {
                NAME.matcher(line.split("\\|", -1)[1])
                        .results()
                        .map(r -> r.group(1))
                        .forEach(names::add);
            }
        }
        return names;
    }

    @ParameterizedTest
    @CsvSource({"ONNX,''", "com.microsoft,com.microsoft"})
    void listsEveryOperatorOnce(String heading, String domain) throws IOException {
        List<String> listed = listed(heading);
        TreeSet<String> known = new TreeSet<>(OnnxImport.known().in(domain).keySet());
        if (domain.isEmpty()) {
            known.addAll(OWN);
        }
        assertFalse(known.isEmpty());
        assertEquals(List.copyOf(known), listed.stream().sorted().toList());
    }

    @Test
    void thereAreAsManyAsPromised() {
        assertFalse(OnnxImport.known().in("").size() < 120);
    }
}
