package heddle.dsl.diagnostic;

import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One mistake in the user's input, with its place and a remedy.
 *
 * @param code    the kind of mistake
 * @param message one sentence, without a full stop, that says what is wrong
 * @param primary the place, absent for mistakes outside a source text (a weight file, an input)
 * @param related other places that explain it, for example where each shape came from
 * @param notes   facts, one line each
 * @param hint    how to fix it
 */
public record Diagnostic(
        DiagnosticCode code,
        String message,
        Optional<Label> primary,
        List<Label> related,
        List<String> notes,
        Optional<String> hint) {
    public Diagnostic {
        related = List.copyOf(related);
        notes = List.copyOf(notes);
    }

    /** A diagnostic at a place in a source text. */
    public static Diagnostic at(Span span, DiagnosticCode code, String message) {
        return new Diagnostic(code, message, Optional.of(new Label(span, "")), List.of(), List.of(), Optional.empty());
    }

    /** A diagnostic that has no place in a source text; the message names the file or option. */
    public static Diagnostic of(DiagnosticCode code, String message) {
        return new Diagnostic(code, message, Optional.empty(), List.of(), List.of(), Optional.empty());
    }

    /** A diagnostic at the first of some places, or at none. */
    public static Diagnostic atFirst(List<Span> places, DiagnosticCode code, String message) {
        return places.isEmpty() ? of(code, message) : at(places.getFirst(), code, message);
    }

    /** This diagnostic with a text beside the underlined place. */
    public Diagnostic label(String text) {
        return new Diagnostic(code, message, primary.map(l -> new Label(l.span(), text)), related, notes, hint);
    }

    /** This diagnostic with one more related place, unless it is there already. */
    public Diagnostic related(Span span, String text) {
        Label label = new Label(span, text);
        if (related.contains(label)) {
            return this;
        }
        List<Label> all = new ArrayList<>(related);
        all.add(label);
        return new Diagnostic(code, message, primary, all, notes, hint);
    }

    /** This diagnostic with one more fact. */
    public Diagnostic note(String text) {
        List<String> all = new ArrayList<>(notes);
        all.add(text);
        return new Diagnostic(code, message, primary, related, all, hint);
    }

    /** This diagnostic with a remedy. */
    public Diagnostic hint(String text) {
        return new Diagnostic(code, message, primary, related, notes, Optional.of(text));
    }
}
