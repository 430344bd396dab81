package heddle.tests.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.op.Softmax;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/library.md}: its examples have the types it says and fuse, and every function of the library is in it. */
class LibraryPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW = Pattern.compile("\\| `(.+)` \\| `(.+)` \\| `(.+)` \\|");
    private static final Pattern SIGNATURE = Pattern.compile("(?ms)^fn (\\w+\\(.*?\\)) (?:=|\\{)");

    /** A line of a table, and the heading that it stands under. */
    private record Row(String section, String signature, String example, String type) {
        String name() {
            return signature.substring(0, signature.indexOf('('));
        }

        @Override
        public String toString() {
            return name();
        }
    }

    static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        String section = "";
        for (String line : page().lines().toList()) {
            section = line.startsWith("## ") ? line.substring(3) : section;
            for (MatchResult row : ROW.matcher(line).results().toList()) {
                rows.add(new Row(section, row.group(1), row.group(2), row.group(3)));
            }
        }
        return rows;
    }

    @Test
    void hasEveryFunctionAsItIsDeclared() throws IOException {
        TreeSet<String> declared = new TreeSet<>();
        try (Stream<Path> files = Files.list(ROOT.resolve("lib"))) {
            for (Path file : files.toList()) {
                SIGNATURE.matcher(Files.readString(file)).results().forEach(m -> declared.add(onOneLine(m.group(1))));
            }
        }
        TreeSet<String> listed = new TreeSet<>();
        rows().forEach(row -> listed.add(row.signature()));
        assertTrue(declared.size() > 30, "functions found: " + declared);
        assertEquals(declared, listed);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void showsWhatItSays(Row row) throws IOException {
        assertTrue(row.example().contains(row.name() + "("), "the example uses the function");
        String text =
                page().split("```heddle\n")[1].split("```")[0] + "output o: " + row.type() + " = " + row.example();
        SourceFile file = new SourceFile("docs/library.md", text);
        Model model = Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
        Compilation compiled = Compiler.compile(model.graph(), Fusion.FUSED);
        boolean attends = !row.section().equals("Parts of blocks");
        assertEquals(attends, !compiled.report().fused().isEmpty());
        assertEquals(List.of(), compiled.report().declined());
        assertTrue(compiled.graph().nodes().stream().noneMatch(n -> n.op() instanceof Softmax), "no softmax is left");
    }

    @Test
    void showsALayerOfEachFamily() throws IOException {
        String text = page().substring(page().lastIndexOf("```heddle\n") + 10).split("```")[0];
        Model model = Frontend.elaborate(
                Parser.parse(new SourceFile("docs/library.md", text)).orThrow(), SourceReader::imported);
        Compilation compiled = Compiler.compile(model.graph(), Fusion.FUSED);
        assertEquals(6, compiled.graph().outputs().size());
        assertEquals(6, compiled.report().fused().size());
        assertEquals(List.of(), compiled.report().declined());
    }

    /** A signature that its file writes with a parameter a line. */
    private static String onOneLine(String signature) {
        return signature.replaceAll("\\(\\s+", "(").replaceAll(",\\s+\\)", ")").replaceAll("\\s+", " ");
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/library.md"));
    }
}
