package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Closure;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.dsl.ast.Item;
import heddle.dsl.ast.Name;
import heddle.dsl.ast.SourceUnit;
import heddle.dsl.ast.Stmt;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Elaborates one file, from its first item to its last. */
final class FileElaboration {
    private final SourceUnit unit;
    private final Scope scope = Scope.file();
    private final ModelElaboration model;
    private final boolean isMain;

    FileElaboration(SourceUnit unit, ModelElaboration model, boolean isMain) {
        this.unit = unit;
        this.model = model;
        this.isMain = isMain;
    }

    /** Runs the file. @return the names it declares */
    Scope run() {
        declareFunctions();
        for (Item item : unit.items()) {
            try {
                run(item);
            } catch (DiagnosticException e) {
                model.diagnostics().report(e);
            }
        }
        return scope;
    }

    /** Functions can be called before the place where they are declared; other names are only known to come. */
    private void declareFunctions() {
        for (Item item : unit.items()) {
            switch (item) {
                case Item.Function f -> {
                    model.statements().declare(f.name(), new Closure(f, scope), scope, false);
                    requireOwnNames(f.parameters());
                }
                case Item.Dims d ->
                    d.lengths()
                            .forEach(l ->
                                    scope.announce(l.name().text(), l.name().span()));
                case Stmt.Output o ->
                    scope.announceOutput(o.name().text(), o.name().span());
                case Item.Input i -> scope.announce(i.name().text(), i.name().span());
                case Stmt.Let l ->
                    l.bindings().forEach(b -> b.names().forEach(n -> scope.announce(n.text(), n.span())));
                default -> {}
            }
        }
    }

    private void requireOwnNames(List<Item.Parameter> parameters) {
        Map<String, Name> first = new HashMap<>();
        for (Item.Parameter p : parameters) {
            Name same = first.putIfAbsent(p.name().text(), p.name());
            if (same != null) {
                model.diagnostics()
                        .report(Diagnostic.at(
                                        p.name().span(),
                                        FrontendCode.DUPLICATE_NAME,
                                        "two parameters are called `" + p.name() + "`")
                                .related(same.span(), "the first one")
                                .hint("choose another name for one of them"));
            }
        }
    }

    private void run(Item item) {
        switch (item) {
            case Item.Import i -> importNames(i);
            case Item.Dims d -> d.lengths().forEach(this::dim);
            case Item.Input i -> input(i);
            case Stmt.Output o -> output(o);
            case Stmt s -> model.statements().run(s, scope);
            default -> {} // the name of the model and functions are known already
        }
    }

    private void dim(Item.Length length) {
        Dim dim = model.length(length);
        model.statements().declare(length.name(), new Length(dim), scope, false);
    }

    private void importNames(Item.Import i) {
        Optional<Scope> imported = model.imports().scope(i, unit.file());
        if (imported.isEmpty()) {
            model.diagnostics().markIncomplete();
            return;
        }
        imported.get().bindings().forEach((name, binding) -> {
            Optional<Scope.Binding> own = scope.findHere(name);
            if (own.isPresent() && !own.get().declaration().equals(binding.declaration())) {
                model.diagnostics()
                        .report(Diagnostic.at(
                                        i.path().span(),
                                        FrontendCode.DUPLICATE_NAME,
                                        "this file declares `" + name + "`, which is declared already")
                                .related(own.get().declaration(), "declared here")
                                .related(binding.declaration(), "and here in the imported file")
                                .hint("rename one of them"));
            } else {
                scope.share(name, binding);
            }
        });
    }

    private void input(Item.Input input) {
        Denotation value = Denotation.Poison.VALUE;
        if (isMain) {
            value = declared(input);
        } else {
            model.diagnostics().report(notInImported(input.span(), "inputs"));
        }
        model.statements().declare(input.name(), value, scope, false);
    }

    /** The tensor, or poison when its type was reported as wrong. */
    private Denotation declared(Item.Input input) {
        Optional<TensorType> type = model.expressions().types().resolve(input.type(), scope);
        try {
            return type.<Denotation>map(t -> model.input(input, t)).orElse(Denotation.Poison.VALUE);
        } catch (DiagnosticException e) {
            model.diagnostics().report(e);
            return Denotation.Poison.VALUE;
        }
    }

    private void output(Stmt.Output output) {
        if (!isMain) {
            throw new DiagnosticException(notInImported(output.span(), "outputs"));
        }
        Denotation value = model.expressions().evaluate(output.value(), scope);
        if (!value.isPoison()) {
            Tensor tensor = model.outputTensor(output, value);
            output.type().ifPresent(t -> model.checkOutputType(output, t, tensor, scope));
            model.output(output, tensor);
            model.observer().named(output.name(), tensor);
        }
    }

    private static Diagnostic notInImported(Span span, String what) {
        return Diagnostic.at(span, FrontendCode.IMPORT_CONTENT, "a file that is imported declares no " + what)
                .hint("declare them in the model's own file, and pass values to functions");
    }
}
