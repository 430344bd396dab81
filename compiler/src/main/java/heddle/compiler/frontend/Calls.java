package heddle.compiler.frontend;

import heddle.compiler.frontend.function.ArgumentBinding;
import heddle.compiler.frontend.function.ArgumentBinding.Given;
import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Builtin;
import heddle.compiler.frontend.value.Denotation.Closure;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Promotion;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.frontend.value.Words;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Item;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Elaborates calls. A function of the language becomes operations; a function of the model is copied to the place of
 * the call.
 */
final class Calls {
    /** More calls than any model has. */
    private static final long MAX_CALLS = 100_000;

    private final Emitter emitter;
    private final Expressions expressions;
    private final Statements statements;
    private final Diagnostics diagnostics;
    private final Observer observer;
    private final Deque<Item.Function> active = new ArrayDeque<>();
    private long calls;

    Calls(Emitter emitter, Expressions expressions, Statements statements, Diagnostics diagnostics, Observer observer) {
        this.emitter = emitter;
        this.expressions = expressions;
        this.statements = statements;
        this.diagnostics = diagnostics;
        this.observer = observer;
    }

    Denotation call(Expr.Call call, Scope scope) {
        Optional<Denotation> callee = callee(call, scope);
        if (callee.isEmpty() && Remedies.isSyntax(call.callee().text())) {
            return Denotation.Poison.VALUE; // What stands in its brackets makes no sense by itself.
        }
        List<Given> arguments = call.arguments().stream()
                .map(a -> new Given(a.name(), expressions.operand(a.value(), scope)))
                .toList();
        if (callee.isEmpty()) {
            return Denotation.Poison.VALUE;
        }
        return callee.get() instanceof Closure closure
                ? inline(closure, call, arguments)
                : expand(Catalogue.find(((Builtin) callee.get()).name()).orElseThrow(), call, arguments);
    }

    /** A {@link Closure} or a {@link Builtin}; empty when there is none, which has been reported. */
    private Optional<Denotation> callee(Expr.Call call, Scope scope) {
        String name = call.callee().text();
        Optional<Scope.Binding> binding = scope.find(name);
        Optional<Denotation> value = binding.map(Scope.Binding::value);
        if (value.isPresent() && (value.get() instanceof Closure || value.get() instanceof Builtin)) {
            return value;
        }
        // A value may have the name of a function of the language: `let size = 3` does not hide size(x, axis).
        if (Catalogue.find(name).isPresent()) {
            return Optional.of(new Builtin(name));
        }
        if (value.isPresent()) {
            if (!value.get().isPoison()) {
                diagnostics.report(Diagnostic.at(
                                call.callee().span(),
                                FrontendCode.NOT_A_FUNCTION,
                                "`" + name + "` is " + Words.describe(value.get()) + ", not a function")
                        .related(binding.get().declaration(), "declared here")
                        .hint("elements are taken with brackets: `" + name + "[...]`"));
            }
        } else if (!diagnostics.isIncomplete()) {
            Diagnostic d = Diagnostic.at(
                    call.callee().span(), FrontendCode.UNKNOWN_FUNCTION, "there is no function `" + name + "`");
            diagnostics.report(Remedies.function(call, scope).map(d::hint).orElse(d));
        }
        return Optional.empty();
    }

    private Denotation expand(LanguageFunction function, Expr.Call call, List<Given> arguments) {
        Map<String, List<Operand>> bound =
                ArgumentBinding.bind(function.signature(), function.signature().toString(), arguments, call.span());
        if (arguments.stream().anyMatch(g -> g.operand().value().isPoison())) {
            return Denotation.Poison.VALUE;
        }
        emitter.at(call.span(), read(call, arguments));
        return function.expand(new Arguments(function.signature(), bound, call.span(), emitter));
    }

    /** The operands of a call. Operands in lists are listed one by one, so that each has its own place. */
    private static List<Operand> read(Expr.Call call, List<Given> arguments) {
        List<Operand> read = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            Operand operand = arguments.get(i).operand();
            if (call.arguments().get(i).value() instanceof Expr.ListLiteral list
                    && operand.value() instanceof Sequence values) {
                for (int e = 0; e < list.elements().size(); e++) {
                    read.add(new Operand(
                            values.elements().get(e), list.elements().get(e).span()));
                }
            } else {
                read.add(operand);
            }
        }
        return read;
    }

    private Denotation inline(Closure closure, Expr.Call call, List<Given> arguments) {
        Item.Function function = closure.declaration();
        Map<String, List<Operand>> bound =
                ArgumentBinding.bind(signature(function), usage(function), arguments, call.span());
        if (active.stream().anyMatch(f -> f == function)) {
            throw new DiagnosticException(Diagnostic.at(
                            call.callee().span(), FrontendCode.RECURSION, "`" + function.name() + "` calls itself")
                    .related(function.name().span(), "declared here")
                    .note("functions are copied to where they are called, which would never end")
                    .hint("repeat with a loop: `for l in 0 .. n { ... }`"));
        }
        if (calls == MAX_CALLS) {
            calls++;
            throw new DiagnosticException(Diagnostic.at(
                            call.span(),
                            FrontendCode.TOO_LARGE,
                            "the functions of this model are called more than " + MAX_CALLS + " times")
                    .note("a function is copied to each call; functions that call others twice double at each level")
                    .hint("compute a value once and name it with `let`"));
        }
        if (calls > MAX_CALLS) {
            return Denotation.Poison.VALUE; // Reported once, for all that are left.
        }
        calls++;
        Scope scope = closure.scope().call();
        active.push(function);
        emitter.enterCall(call.span(), function.name().text());
        try {
            passArguments(function, bound, scope);
            Optional<Denotation> result = statements.run(function.body(), scope);
            return result.orElseThrow(() -> noResult(function));
        } finally {
            emitter.leave();
            active.pop();
        }
    }

    private static Signature signature(Item.Function function) {
        Signature s = Signature.of(function.name().text());
        for (Item.Parameter p : function.parameters()) {
            s = p.defaultValue().isPresent()
                    ? s.withOptional(p.name().text())
                    : s.withRequired(p.name().text());
        }
        return s;
    }

    private static String usage(Item.Function function) {
        return function.parameters().stream()
                .map(p -> p.name()
                        + p.defaultValue().map(d -> " = " + d.span().text()).orElse(""))
                .collect(Collectors.joining(", ", function.name() + "(", ")"));
    }

    private void passArguments(Item.Function function, Map<String, List<Operand>> bound, Scope scope) {
        for (Item.Parameter p : function.parameters()) {
            Operand argument = bound.containsKey(p.name().text())
                    ? bound.get(p.name().text()).getFirst()
                    : expressions.operand(p.defaultValue().orElseThrow(), scope);
            scope.declare(p.name().text(), argument.value(), p.name().span(), true);
            if (p.type().isEmpty()) {
                observer.named(p.name(), argument.value());
            }
            bound.put(p.name().text(), List.of(argument));
        }
        for (Item.Parameter p : function.parameters()) {
            Operand argument = bound.get(p.name().text()).getFirst();
            if (p.type().isPresent() && !argument.value().isPoison()) {
                emitter.at(argument.span(), List.of(argument));
                Tensor tensor = new Promotion(emitter)
                        .toTensor(argument, Types.dtype(p.type().get().dtype()));
                expressions.types().unify(p.name(), p.type().get(), argument, tensor.type(), scope);
                scope.declare(p.name().text(), tensor, p.name().span(), true);
                observer.named(p.name(), tensor);
            }
        }
    }

    private static DiagnosticException noResult(Item.Function function) {
        return new DiagnosticException(Diagnostic.at(
                        function.name().span(),
                        FrontendCode.NO_RESULT,
                        "`" + function.name() + "` ends without a result")
                .hint("end its body with `return value`"));
    }
}
