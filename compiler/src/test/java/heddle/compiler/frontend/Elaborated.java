package heddle.compiler.frontend;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Interpreter;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Models of tests, from text or from files of the repository. */
public final class Elaborated {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private Elaborated() {}

    public static Model of(String... lines) {
        return Frontend.elaborate(
                Parser.parse(new SourceFile("test.heddle", String.join("\n", lines)))
                        .orThrow(),
                Elaborated::find);
    }

    public static Model file(String path) {
        return Frontend.elaborate(Parser.parse(read(ROOT.resolve(path))).orThrow(), Elaborated::find);
    }

    /** A file's model with lengths that are known. */
    public static Model file(String path, Map<String, Long> lengths) {
        return Frontend.elaborate(Parser.parse(read(ROOT.resolve(path))).orThrow(), Elaborated::find, lengths);
    }

    /** What is wrong with a model. */
    static List<Diagnostic> mistakes(String... lines) {
        try {
            of(lines);
        } catch (DiagnosticException e) {
            return e.diagnostics();
        }
        throw new AssertionError("no mistake in: " + String.join("\n", lines));
    }

    /** The codes of what is wrong with a model. */
    static List<String> codes(String... lines) {
        return mistakes(lines).stream().map(d -> d.code().id()).toList();
    }

    /** The type of the output {@code y}. */
    static String typeOfY(String... lines) {
        return of(lines).graph().outputs().get("y").type().toString();
    }

    /** The elements of the output {@code y} of a model without inputs, by the reference interpreter. */
    static NdArray valueOfY(String... lines) {
        return new Interpreter(Map.of(), Map.of(), Map.of())
                .run(of(lines).meaning())
                .get("y");
    }

    /** The only contraction of a model. */
    static String equation(Model model) {
        List<String> equations = model.graph().nodes().stream()
                .map(Node::op)
                .filter(Contract.class::isInstance)
                .map(op -> ((Contract) op).equation())
                .toList();
        if (equations.size() != 1) {
            throw new AssertionError(equations.toString());
        }
        return equations.getFirst();
    }

    private static Optional<SourceFile> find(String path, SourceFile importer) {
        Path beside = Path.of(importer.name()).resolveSibling(path);
        return Stream.of(beside, ROOT.resolve("lib").resolve(path))
                .filter(Files::exists)
                .findFirst()
                .map(Elaborated::read);
    }

    private static SourceFile read(Path path) {
        try {
            return new SourceFile(path.normalize().toString(), Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lengths by name, for models whose lengths are bound. */
    static Model withLengths(Map<String, Long> lengths, String... lines) {
        return Frontend.elaborate(
                Parser.parse(new SourceFile("test.heddle", String.join("\n", lines)))
                        .orThrow(),
                Elaborated::find,
                lengths);
    }
}
