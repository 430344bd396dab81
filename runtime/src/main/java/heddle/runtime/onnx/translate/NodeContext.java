package heddle.runtime.onnx.translate;

import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.OnnxGraph;
import heddle.runtime.onnx.OnnxNode;
import heddle.runtime.onnx.OnnxTensor;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import java.util.List;
import java.util.Optional;

/** A node that is being translated, and what surrounds it. */
public interface NodeContext {
    OnnxNode node();

    /** The version of the operator set that the file asks for in the node's domain. */
    int opset();

    /** Whether the operand was given. */
    boolean has(int index);

    /** @throws UnsupportedNode when it is not given */
    Operand operand(int index);

    /** The tensor of the file that an operand is, with the element type that it has there. */
    Optional<OnnxTensor> tensor(int index);

    /** The elements of an operand. @param what it says, for the message @throws UnsupportedNode when they are known only to a run */
    Known known(int index, String what);

    /** The whole numbers of an operand of one axis or none. @throws UnsupportedNode when they are not known or not numbers */
    List<Dim> lengths(int index, String what);

    long attribute(String name, long otherwise);

    double attribute(String name, double otherwise);

    String attribute(String name, String otherwise);

    Optional<List<Long>> attributeInts(String name);

    /** Whether somebody reads the result. */
    boolean isRead(int output);

    /** Says what a result is. It becomes a definition of its own, unless the term is a name or number already. */
    void define(int output, Term term, TensorType type);

    /** Says what several results are that a term gives as a list. */
    void defineAll(Term term, List<TensorType> types);

    /** Says what a result is whose elements are known. */
    void define(int output, Known known);

    /** A step on the way, named in the source after the node: use it where a term would be written twice. */
    Operand step(String name, Term term, TensorType type);

    /**
     * Translates a graph of an attribute in this node's place.
     *
     * @param inputs what its inputs are
     * @return what its outputs are
     */
    List<Operand> inline(OnnxGraph graph, List<Operand> inputs);

    /** Says that a result is what an operand, or a result of an inlined graph, is. */
    void define(int output, Operand same);

    /** What defines a value that a term refers to; empty for an input, and where it is one of several results. */
    Optional<Term> meaning(Value value);

    /** Whether a run gives the value. */
    boolean isInput(Value value);

    /** The tensors of an operand that is a sequence. @throws UnsupportedNode when it is none, or only a run knows its length */
    List<Operand> sequence(int index);

    /** Says of which tensors a result is a sequence. */
    void defineSequence(int output, List<Operand> tensors);

    /** The length that both are: where the file has two symbols for it, they are made one. @throws UnsupportedNode when they differ */
    Dim unify(Dim a, Dim b);

    /** Something that a reader of the source should know of this model, such as a difference to ONNX; said once. */
    void note(String sentence);
}
