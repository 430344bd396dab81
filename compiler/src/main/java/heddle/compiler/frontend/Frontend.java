package heddle.compiler.frontend;

import heddle.dsl.DeepStack;
import heddle.dsl.ast.SourceUnit;
import java.util.Map;

/**
 * From a parsed file to a graph: names are looked up, functions copied to their calls, loops unrolled, shapes checked,
 * and everything that is known when a model is compiled is computed.
 */
public final class Frontend {
    private Frontend() {}

    /**
     * The model that a file declares.
     *
     * @param lengths lengths of {@code dim}s that are known already; the others stay symbols
     * @throws heddle.dsl.diagnostic.DiagnosticException with all mistakes that were found
     */
    public static Model elaborate(SourceUnit unit, ImportResolver imports, Map<String, Long> lengths) {
        return DeepStack.call(() -> new ModelElaboration(unit, imports, lengths).run());
    }

    /** The model that a file declares, with all its lengths symbolic. */
    public static Model elaborate(SourceUnit unit, ImportResolver imports) {
        return elaborate(unit, imports, Map.of());
    }
}
