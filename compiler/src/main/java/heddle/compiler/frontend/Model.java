package heddle.compiler.frontend;

import heddle.compiler.ir.Graph;
import heddle.compiler.type.Initialiser;
import heddle.compiler.type.StoredType;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A model as the compiler understands it.
 *
 * @param name     from the line {@code model}, else the file's name without its ending
 * @param graph    the computation, nothing optimised yet
 * @param meaning  the same with its gradients written out; the graph itself when it asks for none
 * @param inputs   in the order of declaration, also those that no output needs
 * @param weights  each name once, in the order of first use, scales behind their weights
 * @param outputs  in the order of declaration
 * @param lengths  the names that {@code dim} declares
 * @param files    all files that were read, the model's own first
 * @param warnings what may not mean what was meant
 */
public record Model(
        String name,
        Graph graph,
        Graph meaning,
        List<Declaration> inputs,
        List<Declaration> weights,
        List<Declaration> outputs,
        List<NamedLength> lengths,
        List<SourceFile> files,
        List<Diagnostic> warnings) {
    public Model {
        inputs = List.copyOf(inputs);
        weights = List.copyOf(weights);
        outputs = List.copyOf(outputs);
        lengths = List.copyOf(lengths);
        files = List.copyOf(files);
        warnings = List.copyOf(warnings);
    }

    /** What computes something else with the same weights. */
    public Model with(
            Graph other,
            Graph otherMeaning,
            List<Declaration> otherInputs,
            List<Declaration> otherOutputs,
            List<NamedLength> otherLengths) {
        return new Model(name, other, otherMeaning, otherInputs, weights, otherOutputs, otherLengths, files, warnings);
    }

    /**
     * An input, weight or output, and where it was declared.
     *
     * @param held    what the weight file holds for each element
     * @param initial what training begins with, where the model says it
     */
    public record Declaration(String name, TensorType type, StoredType held, Optional<Initialiser> initial, Span span) {
        /** What is held as its values are. */
        public Declaration(String name, TensorType type, Span span) {
            this(name, type, StoredType.of(type.dtype()), Optional.empty(), span);
        }

        /** The same that begins its training with something else. */
        Declaration withInitial(Optional<Initialiser> other) {
            return new Declaration(name, type, held, other, span);
        }
    }

    /**
     * A length that is bound when the model runs, and where it was declared.
     *
     * @param typical what it is for estimates, where the model says it
     */
    public record NamedLength(String name, OptionalLong typical, Span span) {}
}
