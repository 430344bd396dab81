package heddle.compiler.frontend;

import heddle.dsl.DeepStack;
import heddle.dsl.ast.SourceUnit;
import java.util.Map;

/**
 * Turns a parsed file into a graph. It resolves names, copies functions to their calls, unrolls loops, checks shapes,
 * and computes everything that is known at compile time.
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
        return elaborate(unit, imports, lengths, Observer.NONE);
    }

    /**
     * The same for one who wants to know what the parts of the file are worth.
     *
     * @param observer told of values also where the file has mistakes elsewhere
     */
    public static Model elaborate(
            SourceUnit unit, ImportResolver imports, Map<String, Long> lengths, Observer observer) {
        return DeepStack.call(() -> new ModelElaboration(unit, imports, lengths, observer).run());
    }

    /** The model that a file declares, with all its lengths symbolic. */
    public static Model elaborate(SourceUnit unit, ImportResolver imports) {
        return elaborate(unit, imports, Map.of());
    }
}
