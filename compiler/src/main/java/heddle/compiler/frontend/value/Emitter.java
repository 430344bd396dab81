package heddle.compiler.frontend.value;

import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.TensorTooLarge;
import heddle.compiler.ir.TypeMismatch;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Label;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Adds nodes to the graph, and records for which expression, call and loop iteration they are. */
public final class Emitter {
    /** More nodes than any model has; a runaway loop stops here. */
    private static final int MAX_NODES = 2_000_000;

    /**
     * A call or a loop iteration.
     *
     * @param sites    the places it was reached through, innermost first
     * @param base     the scope path of the function's calls outside loops
     * @param counters what loop iterations append to the names of calls: {@code .3}
     * @param path     the scope path of nodes
     */
    private record Frame(List<Label> sites, String base, String counters, String path) {}

    private final Graph.Builder graph;
    private final List<Frame> frames = new ArrayList<>(List.of(new Frame(List.of(), "", "", "")));
    private Optional<Span> place = Optional.empty();
    private List<Operand> operands = List.of();
    private Origin origin = Origin.NONE;
    private int dropouts;

    public Emitter(String modelName) {
        graph = new Graph.Builder(modelName);
    }

    /** Says which expression the next nodes are for, and what it reads. */
    public void at(Span span, List<Operand> read) {
        place = Optional.of(span);
        operands = read;
        List<Span> spans = new ArrayList<>(List.of(span));
        frame().sites().forEach(site -> spans.add(site.span()));
        origin = new Origin(spans, frame().path());
    }

    private Frame frame() {
        return frames.getLast();
    }

    /** Enters a call: {@code layer.3} when it stands in the fourth iteration of a loop. */
    public void enterCall(Span site, String function) {
        String base = join(frame().base(), function + frame().counters());
        frames.add(new Frame(reached(new Label(site, "called from here")), base, "", base));
    }

    /** Enters a loop iteration. */
    public void enterIteration(Span site, String variable, long value) {
        String counters = frame().counters() + "." + value;
        String path = join(frame().base(), variable + counters);
        Label reached = new Label(site, "in the iteration " + variable + " = " + value);
        frames.add(new Frame(reached(reached), frame().base(), counters, path));
    }

    private List<Label> reached(Label site) {
        List<Label> sites = new ArrayList<>(List.of(site));
        sites.addAll(frame().sites());
        return List.copyOf(sites);
    }

    private static String join(String path, String segment) {
        return path.isEmpty() ? segment : path + "/" + segment;
    }

    public void leave() {
        frames.removeLast();
    }

    /** The calls and loops around the current place, innermost first. */
    public List<Label> sites() {
        return frame().sites();
    }

    /** Adds a node. @throws DiagnosticException when the operands do not fit */
    public Tensor add(Op op, List<Tensor> reads) {
        List<Value> values = reads.stream().map(Tensor::value).toList();
        try {
            if (graph.nodes().size() >= MAX_NODES) {
                throw new DiagnosticException(tooLarge(here()));
            }
            return new Tensor(graph.add(op, values, origin).value());
        } catch (TypeMismatch e) {
            throw new DiagnosticException(explain(op, values, e));
        }
    }

    public Tensor add(Op op, Tensor... reads) {
        return add(op, Arrays.asList(reads));
    }

    /** The ordinal of the next dropout: dropouts of one model draw different numbers. */
    public int nextDropout() {
        return dropouts++;
    }

    /** The mistake of a model that has no end. */
    public static Diagnostic tooLarge(Span span) {
        return Diagnostic.at(span, FrontendCode.TOO_LARGE, "the model does not end: unrolled, it is too large")
                .note("loops are unrolled and functions are copied to their calls; the limit is " + MAX_NODES
                        + " operations")
                .hint("look at the bounds of the loops around this place");
    }

    private Span here() {
        return place.orElseThrow(() -> new IllegalStateException("no place was given"));
    }

    private Diagnostic explain(Op op, List<Value> values, TypeMismatch mismatch) {
        FrontendCode code = mismatch instanceof TensorTooLarge ? FrontendCode.TENSOR_SIZE : code(op);
        Diagnostic d = Diagnostic.at(here(), code, mismatch.getMessage());
        for (int slot : mismatch.operands()) {
            d = mention(d, new Tensor(values.get(slot)));
        }
        return mismatch.hint().map(d::hint).orElse(d);
    }

    /** Adds notes about an operand: its argument, and where its shape comes from. */
    private Diagnostic mention(Diagnostic d, Tensor tensor) {
        for (Operand o : operands) {
            if (o.value().equals(tensor)) {
                Diagnostic labelled = o.span().equals(here())
                        ? d
                        : d.related(o.span(), tensor.type().toString());
                return Words.origin(labelled, o);
            }
        }
        return d;
    }

    private static FrontendCode code(Op op) {
        return switch (op) {
            case Elementwise ignored -> FrontendCode.BROADCAST;
            case Reshape ignored -> FrontendCode.RESHAPE;
            case Concat ignored -> FrontendCode.CONCAT;
            case Slice ignored -> FrontendCode.INDEX;
            case Contract ignored -> FrontendCode.MATMUL;
            default -> FrontendCode.OPERATION;
        };
    }

    /** The graph under construction. */
    public Graph.Builder graph() {
        return graph;
    }
}
