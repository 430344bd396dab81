package heddle.tests.page;

import heddle.cli.page.Inspected;
import heddle.cli.page.Report;
import heddle.cli.page.ReportPage;
import heddle.compiler.Compiler.Fusion;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Reports of models, as {@code heddle inspect} writes them. */
final class Pages {
    static final Path MINILM = Path.of("..", "examples", "minilm.heddle");
    static final Path ATTENTION = Path.of("..", "examples", "attention.heddle");
    static final Map<String, Long> SENTENCE = Map.of("B", 1L, "N", 512L);

    private Pages() {}

    static Inspected inspected(Path model, Map<String, Long> lengths) {
        HeddleModel declared = Heddle.model(model, lengths);
        return Inspected.of(declared, declared.compilation(Fusion.FUSED), "jvm", lengths);
    }

    static Report report(Path model, Map<String, Long> lengths) {
        return Report.of(inspected(model, lengths), "test");
    }

    /** Writes a page into a folder. */
    static Path page(Path folder, Path model, Map<String, Long> lengths) throws IOException {
        Path page = folder.resolve(model.getFileName() + ".html");
        Files.writeString(page, ReportPage.html(report(model, lengths)));
        return page;
    }
}
