package heddle.dsl.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.source.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models in documents are written as {@code heddle fmt} writes them. Of a page on a mistake, that is the mended one. */
class DocumentedModelsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern MODEL = Pattern.compile("```heddle\n(.*?)```", Pattern.DOTALL);

    static List<String> pages() throws IOException {
        List<String> pages = new ArrayList<>(List.of("README.md"));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md"))
                    .map(page -> ROOT.relativize(page).toString().replace('\\', '/'))
                    .filter(page -> !models(page).isEmpty())
                    .sorted()
                    .forEach(pages::add);
        }
        assertTrue(pages.size() > 50, pages::toString);
        return pages;
    }

    private static List<String> models(String page) {
        try {
            List<String> all = MODEL.matcher(Files.readString(ROOT.resolve(page)))
                    .results()
                    .map(m -> m.group(1))
                    .toList();
            return page.contains("/errors/") ? all.subList(Math.min(1, all.size()), all.size()) : all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void areFormatted(String page) {
        for (String model : models(page)) {
            assertEquals(Formatter.format(new SourceFile(page, model)), model);
        }
    }
}
