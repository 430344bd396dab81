package heddle.runtime.onnx.source.structure.step;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;

/** What becomes of the leaves of terms, in the order of the text. Everything else is told as marks. */
public interface Rewrite {
    /** Part of a term that is no leaf. Two terms that give the same marks differ in leaves alone. */
    default void mark(String token) {}

    default Term ref(Term.Ref ref) {
        return ref;
    }

    default Term name(Term.Name name) {
        mark(name.text());
        return name;
    }

    /** A text; holes stand in braces. */
    default String text(String template) {
        return template;
    }

    /** The name of a weight or of its scales. */
    default String weight(String template) {
        return text(template);
    }

    /** What the next length is for: a word that could be a parameter's name. */
    default void role(String role) {}

    default Dim length(Dim dim) {
        return dim;
    }

    /** A number that says how much, not which axis. */
    default Term number(Term.Literal literal) {
        return literal;
    }

    /** What a statement defined, after its term. */
    default void defined(Value value) {}
}
