package heddle.cli.lsp;

import heddle.compiler.frontend.Model;
import heddle.dsl.ast.SourceUnit;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.runtime.ModelSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that is known of one version of a document.
 *
 * @param isParsed whether its syntax has no mistakes
 * @param unit     the statements that could be read
 * @param model    when the document is one without mistakes
 * @param mistakes and warnings, those that {@code heddle check} reports
 * @param lengths  that the file or the settings give
 * @param read     the names of other files that it depends on, of those among them that are not there
 */
record Analysis(
        DocumentText document,
        Lines lines,
        boolean isParsed,
        SourceUnit unit,
        ModelSource source,
        Optional<Model> model,
        List<Diagnostic> mistakes,
        Values values,
        Names names,
        LengthComments lengths,
        Set<String> read) {}
