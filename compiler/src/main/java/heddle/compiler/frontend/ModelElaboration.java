package heddle.compiler.frontend;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.frontend.Model.NamedLength;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Promotion;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.gradient.AnchorWanted;
import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Graph;
import heddle.compiler.op.Input;
import heddle.compiler.op.MarkProbabilities;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.dsl.ast.Item;
import heddle.dsl.ast.Name;
import heddle.dsl.ast.SourceUnit;
import heddle.dsl.ast.Stmt;
import heddle.dsl.ast.TypeExpr;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The model under construction, while its files are elaborated. */
final class ModelElaboration {
    private final Map<String, Long> bound;
    private final Emitter emitter;
    private final Diagnostics diagnostics;
    private final Observer observer;
    private final Expressions expressions;
    private final Imports imports;
    private final SourceUnit main;
    private final List<Declaration> inputs = new ArrayList<>();
    private final List<Declaration> outputs = new ArrayList<>();
    private final List<NamedLength> lengths = new ArrayList<>();

    ModelElaboration(SourceUnit main, ImportResolver resolver, Map<String, Long> bound, Observer observer) {
        this.main = main;
        this.bound = bound;
        this.observer = observer;
        emitter = new Emitter(modelName(main));
        diagnostics = new Diagnostics(emitter);
        expressions = new Expressions(emitter, diagnostics, observer);
        imports = new Imports(main.file(), resolver, this);
    }

    /** The name from the line {@code model}, or else from the file. */
    private static String modelName(SourceUnit unit) {
        for (Item item : unit.items()) {
            if (item instanceof Item.Model m) {
                return m.name().text();
            }
        }
        String file = unit.file().name();
        String last = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
        return last.endsWith(".heddle") ? last.substring(0, last.length() - ".heddle".length()) : last;
    }

    Model run() {
        new FileElaboration(main, this, true).run();
        diagnostics.throwIfAny();
        if (outputs.isEmpty()) {
            throw new DiagnosticException(noOutput());
        }
        Graph graph = new MarkProbabilities()
                .run(new AnchorWanted().run(emitter.graph().build()));
        List<Diagnostic> warnings = new ArrayList<>(diagnostics.warnings());
        Graph meaning = Differentiate.meaning(graph, warnings::add);
        return new Model(
                modelName(main),
                graph,
                meaning,
                inputs,
                expressions.weights().declarations(),
                outputs,
                lengths,
                imports.files(),
                warnings);
    }

    private Diagnostic noOutput() {
        Span place = main.items().isEmpty()
                ? new Span(main.file(), 0, 0)
                : main.items().getLast().span();
        return Diagnostic.at(place, FrontendCode.NO_OUTPUT, "this model has no output")
                .label("the last statement")
                .hint("name what it computes: `output name = value`");
    }

    Diagnostics diagnostics() {
        return diagnostics;
    }

    Observer observer() {
        return observer;
    }

    Expressions expressions() {
        return expressions;
    }

    Statements statements() {
        return expressions.statements();
    }

    Imports imports() {
        return imports;
    }

    /** The length that {@code dim} declares: a symbol, or a number when it was bound for this compilation. */
    Dim length(Item.Length length) {
        Name name = length.name();
        lengths.add(new NamedLength(name.text(), length.typical(), name.span()));
        Long value = bound.get(name.text());
        return value == null ? Dim.symbol(name.text()) : Dim.of(value);
    }

    Tensor input(Item.Input input, TensorType type) {
        inputs.add(new Declaration(input.name().text(), type, input.span()));
        emitter.at(input.span(), List.of());
        return emitter.add(new Input(input.name().text(), type));
    }

    /** The tensor an output is. */
    Tensor outputTensor(Stmt.Output output, Denotation value) {
        Operand operand = new Operand(value, output.value().span());
        if (!(value instanceof Tensor || value.isNumber() || value instanceof Bool)) {
            throw new DiagnosticException(Diagnostic.at(
                            operand.span(),
                            FrontendCode.NOT_AN_OUTPUT,
                            "an output is a tensor, not " + Words.describe(value))
                    .label(Words.describe(value)));
        }
        emitter.at(operand.span(), List.of(operand));
        return new Promotion(emitter).toTensor(operand);
    }

    void checkOutputType(Stmt.Output output, TypeExpr type, Tensor tensor, Scope scope) {
        Optional<TensorType> declared = expressions.types().resolve(type, scope);
        if (declared.isPresent() && !declared.get().equals(tensor.type())) {
            Operand operand = new Operand(tensor, output.value().span());
            Diagnostic d = Diagnostic.at(
                            type.span(),
                            FrontendCode.OUTPUT_TYPE,
                            "output `" + output.name() + "` is declared as " + declared.get() + " and is "
                                    + tensor.type())
                    .label(declared.get().toString())
                    .related(operand.span(), tensor.type().toString());
            throw new DiagnosticException(Words.origin(d, operand));
        }
    }

    void output(Stmt.Output output, Tensor tensor) {
        String name = output.name().text();
        for (Declaration o : outputs) {
            if (o.name().equals(name)) {
                throw new DiagnosticException(Diagnostic.at(
                                output.name().span(),
                                FrontendCode.DUPLICATE_NAME,
                                "output `" + name + "` is declared twice")
                        .related(o.span(), "declared here first"));
            }
        }
        outputs.add(new Declaration(name, tensor.type(), output.name().span()));
        emitter.graph().output(name, tensor.value());
    }
}
