package heddle.cli.report;

import heddle.compiler.report.FusionReport;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.RuntimeCode;
import heddle.runtime.onnx.OnnxModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** A line for each of several models: how many nodes and attentions it has, what is fused, and what is in the way. */
public final class Scoreboard {
    private static final List<String> HEADINGS =
            List.of("file", "nodes", "attentions", "fused", "declined", "unsupported", "in the way");
    private static final int LAST = HEADINGS.size() - 1;
    private static final String NONE = "-";

    private final List<List<String>> rows = new ArrayList<>(List.of(HEADINGS));
    private int models;
    private int attentions;
    private int fused;

    /** Adds a model that was compiled. */
    public void add(String file, HeddleModel model, FusionReport report, Optional<OnnxOrigin> origin) {
        int nodes = nodes(file).orElse(model.declaration().graph().nodes().size());
        List<FusionReport.Declined> declined = report.declined(FusionReport.Kind.IN_THE_WAY);
        rows.add(List.of(
                file,
                "" + nodes,
                "" + report.total(),
                "" + report.fused().size(),
                "" + declined.size(),
                "0",
                declined.stream().findFirst().map(d -> reason(d, origin)).orElse("")));
        models++;
        attentions += report.total();
        fused += report.fused().size();
    }

    private static String reason(FusionReport.Declined declined, Optional<OnnxOrigin> origin) {
        String where = origin.flatMap(o -> o.nodes(declined).stream().findFirst())
                .orElse(declined.normaliser().path());
        return where + ": " + declined.reason();
    }

    /** Adds one that could not be read. @param mistakes one for each operator that is not supported, or others */
    public void add(String file, List<Diagnostic> mistakes) {
        long unsupported = mistakes.stream()
                .filter(d -> d.code() == RuntimeCode.ONNX_OPERATOR)
                .count();
        OptionalInt nodes = nodes(file);
        rows.add(List.of(
                file,
                nodes.isPresent() ? "" + nodes.getAsInt() : NONE,
                NONE,
                NONE,
                NONE,
                unsupported == 0 ? NONE : "" + unsupported,
                mistakes.stream().map(Scoreboard::said).distinct().collect(Collectors.joining("; "))));
        models++;
    }

    private static String said(Diagnostic d) {
        String note = d.notes().isEmpty() ? "" : " (" + d.notes().getFirst() + ")";
        return d.code() == RuntimeCode.ONNX_OPERATOR ? d.message() : d.code().id() + " " + d.message() + note;
    }

    /** The nodes of an ONNX file, whether all of them are known or not; none where it cannot be read. */
    private static OptionalInt nodes(String file) {
        if (!file.toLowerCase(Locale.ROOT).endsWith(".onnx")) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(OnnxModel.read(Path.of(file)).graph().nodes().size());
        } catch (DiagnosticException e) {
            return OptionalInt.empty();
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < LAST; column++) {
                int at = column;
                int width =
                        rows.stream().mapToInt(r -> r.get(at).length()).max().orElse(0);
                String pad = " ".repeat(width - row.get(column).length());
                line.append(column == 0 ? row.get(0) + pad : pad + row.get(column))
                        .append("  ");
            }
            text.append(line.append(row.get(LAST)).toString().stripTrailing()).append('\n');
        }
        return text + "\nfused " + fused + "/" + attentions + " in " + Sizes.counted(models, "file") + "\n";
    }
}
