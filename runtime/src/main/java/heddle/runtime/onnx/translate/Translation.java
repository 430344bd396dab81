package heddle.runtime.onnx.translate;

import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.onnx.OnnxGraph;
import heddle.runtime.onnx.OnnxNode;
import heddle.runtime.onnx.OnnxTensor;
import heddle.runtime.onnx.source.Definition;
import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * Translates the nodes of a graph, one after the other. When it learns that two lengths are the same it begins again with that,
 * so that all types say so. What cannot be translated is collected, and what reads it is passed over.
 */
public final class Translation {
    /** As many as the bodies of a file's functions may make; loops within loops make more with ease. */
    private static final int MOST_NODES = 200_000;

    private final OnnxGraph graph;
    private final Map<String, Integer> opsets;
    private final OperatorTable table;
    private final LengthNames names = new LengthNames();
    private final Symbols symbols = new Symbols();

    private final List<Definition> definitions = new ArrayList<>();
    private final Map<Value, Term> meanings = new HashMap<>();
    private final Set<Value> inputs = new HashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private int translated;
    private UnsupportedOperators unsupported = new UnsupportedOperators();
    private Set<String> read = Set.of();

    private Translation(OnnxGraph graph, Map<String, Integer> opsets, OperatorTable table) {
        this.graph = graph;
        this.opsets = opsets;
        this.table = table;
    }

    /**
     * The model that a graph is.
     *
     * @param opsets the version of each domain's operator set
     * @param name   the model's, a name of the language
     * @throws DiagnosticException that lists everything that has no translation
     */
    public static FlatModel of(OnnxGraph graph, Map<String, Integer> opsets, OperatorTable table, String name) {
        return new Translation(graph, opsets, table).model(name);
    }

    private FlatModel model(String name) {
        while (true) {
            int before = symbols.count();
            translated = 0;
            definitions.clear();
            meanings.clear();
            inputs.clear();
            notes.clear();
            unsupported = new UnsupportedOperators();
            Environment environment = new Environment(Optional.empty());
            List<Value> given = inputs(environment);
            inputs.addAll(given);
            read = namesThatAreRead(graph);
            translate(graph, environment);
            List<FlatModel.Result> outputs = outputs(environment);
            if (symbols.count() == before) {
                if (!unsupported.isEmpty()) {
                    throw refused();
                }
                return new FlatModel(name, lengths(given), given, live(outputs), outputs, List.copyOf(notes));
            }
        }
    }

    private DiagnosticException refused() {
        List<Diagnostic> all = unsupported.lines().stream()
                .map(
                        line -> Diagnostic.of(RuntimeCode.ONNX_OPERATOR, line)
                                .hint(
                                        "docs/onnx.md lists what is translated; what is beyond that has to be exported another way"))
                .toList();
        return new DiagnosticException(all);
    }

    private List<Value> inputs(Environment environment) {
        List<Value> inputs = new ArrayList<>();
        for (OnnxGraph.Declared declared : graph.inputs()) {
            try {
                TensorType type = symbols.resolved(names.type(declared));
                Value value = new Value(declared.name(), type);
                inputs.add(value);
                environment.put(declared.name(), new Operand(new Term.Ref(value), type, Optional.empty()));
            } catch (UnsupportedNode e) {
                unsupported.add(e.getMessage(), "input " + declared.name());
            }
        }
        return inputs;
    }

    private List<FlatModel.Result> outputs(Environment environment) {
        List<FlatModel.Result> outputs = new ArrayList<>();
        for (OnnxGraph.Declared declared : graph.outputs()) {
            if (environment.sequence(declared.name()).isPresent()) {
                unsupported.add("an output that is a sequence", declared.name());
            }
            environment
                    .find(declared.name())
                    .ifPresent(o -> outputs.add(
                            new FlatModel.Result(declared.name(), symbols.resolved(o.type()), TensorTerms.tensor(o))));
        }
        return outputs;
    }

    /** The symbols of inputs, in their order. */
    private static List<String> lengths(List<Value> inputs) {
        Set<String> names = new LinkedHashSet<>();
        inputs.forEach(v -> v.type().shape().dims().forEach(d -> names.addAll(d.symbols())));
        return List.copyOf(names);
    }

    /** The definitions that an output depends on. */
    private List<Definition> live(List<FlatModel.Result> outputs) {
        Set<Value> needed = new HashSet<>();
        outputs.forEach(o -> o.term().reads().forEach(needed::add));
        List<Definition> live = new ArrayList<>();
        for (Definition d : definitions.reversed()) {
            if (d.results().stream().anyMatch(needed::contains)) {
                d.term().reads().forEach(needed::add);
                live.addFirst(d);
            }
        }
        return live;
    }

    /** Translates a graph, the model's or one within a node. */
    void translate(OnnxGraph part, Environment environment) {
        for (Map.Entry<String, OnnxTensor> e : part.initialisers().entrySet()) {
            environment.put(e.getKey(), e.getValue());
            environment.defer(e.getKey(), () -> named(e.getKey(), Constants.operand(e.getKey(), e.getValue())));
        }
        part.nodes().forEach(node -> translate(node, environment));
    }

    /** A constant that the language computes, under the name of the file. */
    Operand named(String name, Operand constant) {
        if (constant.known().isPresent() || constant.term() instanceof Term.Weight) {
            return constant;
        }
        Value value = new Value(name, constant.type());
        add(new Definition(List.of(value), constant.term(), List.of()));
        return new Operand(new Term.Ref(value), constant.type(), Optional.empty());
    }

    private void translate(OnnxNode node, Environment environment) {
        if (++translated > MOST_NODES) {
            throw new DiagnosticException(Diagnostic.of(
                    RuntimeCode.ONNX_OPERATOR,
                    "loops of known length are more than " + MOST_NODES + " nodes, written out"));
        }
        try {
            TranslatedNode context = new TranslatedNode(this, node, opsets.getOrDefault(node.domain(), 1), environment);
            if (node.operator().equals("Constant") && node.domain().isEmpty()) {
                context.define(0, context.constant());
                return;
            }
            Optional<Known> folded = context.folded();
            if (folded.isPresent()) {
                context.define(0, folded.get());
                return;
            }
            table.find(node.domain(), node.operator())
                    .orElseThrow(() -> new UnsupportedNode("the operator is not known"))
                    .translate(context);
        } catch (UnsupportedNode e) {
            unsupported.add(node.qualifiedOperator() + ": " + e.getMessage(), node.label());
        } catch (AbsentOperand e) {
            // What it reads has no translation, and that was said.
        } catch (ArithmeticException
                | ClassCastException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | NoSuchElementException e) {
            // A file may hold anything: attributes of other types, too few axes, lengths beyond all bounds.
            unsupported.add(
                    node.qualifiedOperator() + ": its operands or attributes are not those of the operator",
                    node.label());
        }
    }

    private static Set<String> namesThatAreRead(OnnxGraph part) {
        Set<String> names = new HashSet<>();
        part.outputs().forEach(o -> names.add(o.name()));
        for (OnnxNode node : part.nodes()) {
            names.addAll(node.inputs());
            node.attributes().values().forEach(a -> {
                if (a instanceof heddle.runtime.onnx.OnnxAttribute.GraphValue g) {
                    names.addAll(namesThatAreRead(g.value()));
                }
            });
        }
        return names;
    }

    boolean isRead(String name) {
        return read.contains(name);
    }

    Symbols symbols() {
        return symbols;
    }

    void note(String sentence) {
        notes.add(sentence);
    }

    void add(Definition definition) {
        definitions.add(definition);
        if (definition.results().size() == 1) {
            meanings.put(definition.results().getFirst(), definition.term());
        }
    }

    /** The term that is a value, unless the value is an input or one of several results. */
    Optional<Term> meaning(Value value) {
        return Optional.ofNullable(meanings.get(value));
    }

    boolean isInput(Value value) {
        return inputs.contains(value);
    }

    /** An operand that could not be translated itself. */
    static final class AbsentOperand extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
