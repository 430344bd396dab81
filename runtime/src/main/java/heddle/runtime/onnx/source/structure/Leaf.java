package heddle.runtime.onnx.source.structure;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.structure.step.NameTemplate;

/** What may differ between two pieces of a model that are written alike. */
sealed interface Leaf {
    /** A word for what it is. */
    String role();

    /** The name of a weight, or another text. */
    record Words(NameTemplate template, String role) implements Leaf {}

    /** A number that says how much. */
    record Amount(Term.Literal literal, String role) implements Leaf {}

    /** A length. @param role what it is for */
    record Length(Dim dim, String role) implements Leaf {}
}
