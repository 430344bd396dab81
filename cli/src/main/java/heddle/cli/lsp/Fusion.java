package heddle.cli.lsp;

import heddle.compiler.Compiler;
import heddle.compiler.explain.Explanation;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.Node;
import heddle.compiler.type.LengthTooLargeException;
import heddle.dsl.DeepStack;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import heddle.runtime.LengthMistakes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What becomes of the attention of one version of a document.
 *
 * @param explanation as {@code heddle explain} has it, with the lengths that are known; empty when the model cannot have them
 * @param mistakes    that the model has with these lengths, and only then
 */
record Fusion(Analysis analysis, Optional<Explanation> explanation, List<Diagnostic> mistakes) {
    /** @param analysis of a model without mistakes @param next called before each step; what it throws ends the work */
    static Fusion of(Analysis analysis, Runnable next) {
        return DeepStack.call(() -> found(analysis, next));
    }

    private static Fusion found(Analysis analysis, Runnable next) {
        Map<String, Long> lengths = analysis.lengths().lengths();
        try {
            Model model = lengths.isEmpty()
                    ? analysis.model().orElseThrow()
                    : Frontend.elaborate(analysis.unit(), analysis.source()::imported, lengths);
            return new Fusion(analysis, Optional.of(Compiler.explain(model.graph(), lengths, next)), List.of());
        } catch (DiagnosticException e) {
            return new Fusion(analysis, Optional.empty(), e.diagnostics());
        } catch (LengthTooLargeException e) {
            return new Fusion(analysis, Optional.empty(), List.of(LengthMistakes.of(e)));
        }
    }

    /** {@code with B = 1, N = 512}. */
    String lengthsText() {
        return analysis.lengths().lengths().entrySet().stream()
                .map(e -> e.getKey() + " = " + e.getValue())
                .collect(Collectors.joining(", ", "with ", ""));
    }

    /** Where a node is written in the document itself: its own place, or else that of the call that leads to it. */
    static Optional<Span> placeIn(Analysis analysis, Node node) {
        return node.origin().spans().stream()
                .filter(span -> span.file().name().equals(analysis.document().name()))
                .findFirst();
    }
}
