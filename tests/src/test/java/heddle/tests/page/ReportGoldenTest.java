package heddle.tests.page;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.tests.GoldenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The data of a report, as tools that read it know it. Texts of source and code have goldens of their own. */
class ReportGoldenTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "page", "attention-report.json");

    @Test
    void theReportOfCausalAttentionIsAsItWas() throws IOException {
        Map<String, Object> all =
                Pages.report(Pages.ATTENTION, Map.of("B", 1L, "N", 64L)).sections();
        Map<String, Object> pinned = new LinkedHashMap<>();
        for (String section : List.of("head", "graph", "decisions", "attention", "plan")) {
            pinned.put(section, all.get(section));
        }
        String text = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(pinned);
        GoldenFile.check(GOLDEN, text + "\n");
    }
}
