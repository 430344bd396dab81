package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Scope;
import heddle.dsl.ast.Name;
import heddle.dsl.ast.Stmt;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Executes the statements of files, functions and blocks. It unrolls loops and decides conditions. */
final class Statements {
    /** More iterations than any model has layers. */
    private static final long MAX_ITERATIONS = 100_000;

    private final Emitter emitter;
    private final Expressions expressions;
    private final Diagnostics diagnostics;
    private final Observer observer;
    private long iterations;

    Statements(Emitter emitter, Expressions expressions, Diagnostics diagnostics, Observer observer) {
        this.emitter = emitter;
        this.expressions = expressions;
        this.diagnostics = diagnostics;
        this.observer = observer;
    }

    /** Runs statements up to a {@code return}, whose value is the result. */
    Optional<Denotation> run(List<Stmt> body, Scope scope) {
        for (Stmt s : body) {
            Optional<Denotation> returned = run(s, scope);
            if (returned.isPresent()) {
                return returned;
            }
        }
        return Optional.empty();
    }

    Optional<Denotation> run(Stmt stmt, Scope scope) {
        return switch (stmt) {
            case Stmt.Let let -> {
                let.bindings().forEach(b -> bind(b, scope, (name, value) -> declare(name, value, scope, true)));
                yield Optional.empty();
            }
            case Stmt.Assign assign -> {
                bind(assign.binding(), scope, (name, value) -> rebind(name, value, scope));
                yield Optional.empty();
            }
            case Stmt.For loop -> loop(loop, scope);
            case Stmt.If branch -> branch(branch, scope);
            case Stmt.Return r -> Optional.of(result(r, scope));
            case Stmt.Output o -> throw new IllegalStateException("output " + o.name() + " is not at the top");
        };
    }

    private void bind(Stmt.Binding binding, Scope scope, BiConsumer<Name, Denotation> give) {
        List<Denotation> values = expressions.takeApart(binding, scope);
        for (int i = 0; i < values.size(); i++) {
            give.accept(binding.names().get(i), values.get(i));
        }
    }

    /** Declares a name; reports it when it is taken or would hide another one. */
    void declare(Name name, Denotation value, Scope scope, boolean rebindable) {
        Optional<Scope.Binding> here = scope.findHere(name.text());
        Optional<Scope.Binding> around = scope.findInFunction(name.text());
        if (here.isPresent()) {
            diagnostics.report(
                    Diagnostic.at(name.span(), FrontendCode.DUPLICATE_NAME, "`" + name + "` is declared twice")
                            .related(here.get().declaration(), "declared here first")
                            .hint(
                                    here.get().isRebindable() && rebindable
                                            ? "to give it another value write `" + name + " = ...` without `let`"
                                            : "choose another name for one of them"));
        } else if (around.isPresent()) {
            diagnostics.report(Diagnostic.at(
                            name.span(),
                            FrontendCode.HIDDEN_NAME,
                            "this `" + name + "` hides the one outside the block, which stays as it is")
                    .related(around.get().declaration(), "declared here")
                    .hint(
                            around.get().isRebindable() && rebindable
                                    ? "to give that one another value write `" + name
                                            + " = ...` without `let`; else choose another name"
                                    : "choose another name"));
        }
        scope.declare(name.text(), value, name.span(), rebindable);
        observer.named(name, value);
    }

    private void rebind(Name name, Denotation value, Scope scope) {
        Optional<Scope.Binding> binding = scope.findInFunction(name.text());
        if (binding.isPresent() && binding.get().isRebindable()) {
            binding.get().rebind(value);
            observer.named(name, value);
            return;
        }
        Optional<Scope.Binding> outside = scope.find(name.text());
        if (outside.isEmpty()) {
            Diagnostic d = Diagnostic.at(name.span(), FrontendCode.ASSIGN_UNDECLARED, "`" + name + "` is not declared");
            String declare = "declare it: `let " + name + " = ...`";
            diagnostics.report(d.hint(Remedies.name(name.text(), scope)
                    .map(s -> s + " Else " + declare)
                    .orElse(declare)));
            scope.declare(name.text(), value, name.span(), true);
            return;
        }
        String why = binding.isPresent()
                ? "`" + name + "` always has the value it was declared with"
                : "a function cannot give another value to `" + name + "` of its file";
        diagnostics.report(Diagnostic.at(name.span(), FrontendCode.ASSIGN_OUTSIDE, why)
                .related(outside.get().declaration(), "declared here")
                .hint(
                        binding.isPresent()
                                ? "give the new value another name: `let name = ...`"
                                : "return the value, and assign it where the function is called"));
    }

    private Optional<Denotation> loop(Stmt.For loop, Scope scope) {
        Optional<Long> start = expressions.integer(loop.start(), scope, "a loop's start");
        Optional<Long> stop = expressions.integer(loop.stop(), scope, "a loop's end");
        if (start.isEmpty() || stop.isEmpty()) {
            return Optional.empty();
        }
        for (long i = start.get(); i < stop.get(); i++) {
            if (++iterations > MAX_ITERATIONS) {
                throw tooLong(loop);
            }
            Scope block = scope.block();
            declare(loop.variable(), Denotation.of(i), block, false);
            emitter.enterIteration(loop.variable().span(), loop.variable().text(), i);
            try {
                Optional<Denotation> returned = run(loop.body(), block);
                if (returned.isPresent()) {
                    return returned;
                }
            } finally {
                emitter.leave();
            }
        }
        return Optional.empty();
    }

    private static DiagnosticException tooLong(Stmt.For loop) {
        return new DiagnosticException(Diagnostic.at(
                        loop.start().span().to(loop.stop().span()),
                        FrontendCode.TOO_LARGE,
                        "the loops of this model run more than " + MAX_ITERATIONS + " times")
                .note("loops are unrolled when the model is compiled: they are for layers, not for elements")
                .hint("work on whole tensors, with iota(n) for positions"));
    }

    private Optional<Denotation> branch(Stmt.If branch, Scope scope) {
        Optional<Boolean> condition = expressions.condition(branch.condition(), scope);
        return condition.flatMap(c -> run(c ? branch.then() : branch.otherwise(), scope.block()));
    }

    private Denotation result(Stmt.Return r, Scope scope) {
        List<Denotation> values =
                r.values().stream().map(v -> expressions.evaluate(v, scope)).toList();
        return values.size() == 1 ? values.getFirst() : new Sequence(values);
    }
}
