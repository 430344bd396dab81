package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Bool;
import heddle.compiler.frontend.value.Denotation.Builtin;
import heddle.compiler.frontend.value.Denotation.ElementType;
import heddle.compiler.frontend.value.Denotation.Length;
import heddle.compiler.frontend.value.Denotation.Real;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.frontend.value.Words;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.LengthTooLargeException;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Stmt;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Evaluates expressions. A mistake is reported where it is found, and its result is poison, which causes no further
 * messages.
 */
final class Expressions {
    private final Diagnostics diagnostics;
    private final Observer observer;
    private final DividingComments comments;
    private final Texts texts = new Texts(this);
    private final Types types;
    private final Weights weights;
    private final Operators operators;
    private final Indexing indexing;
    private final Statements statements;
    private final Calls calls;
    private final Set<String> unknownNames = new HashSet<>();

    Expressions(Emitter emitter, Diagnostics diagnostics, Observer observer) {
        this.diagnostics = diagnostics;
        this.observer = observer;
        comments = new DividingComments(diagnostics);
        types = new Types(this, diagnostics);
        weights = new Weights(emitter, this, texts, types);
        operators = new Operators(emitter, this);
        indexing = new Indexing(emitter, this, diagnostics);
        statements = new Statements(emitter, this, diagnostics, observer);
        calls = new Calls(emitter, this, statements, diagnostics, observer);
    }

    Types types() {
        return types;
    }

    Statements statements() {
        return statements;
    }

    Weights weights() {
        return weights;
    }

    /** The value of an expression; poison after a mistake. */
    Denotation evaluate(Expr expr, Scope scope) {
        try {
            Denotation value = denotation(expr, scope);
            if (value.isTooLarge()) {
                throw tooLarge(expr, value);
            }
            comments.look(expr, value, scope);
            observer.evaluated(expr, value);
            return value;
        } catch (DiagnosticException e) {
            diagnostics.report(e);
        } catch (LengthTooLargeException e) {
            diagnostics.report(Diagnostic.at(expr.span(), FrontendCode.ARITHMETIC, e.getMessage()));
        }
        return Denotation.Poison.VALUE;
    }

    private static DiagnosticException tooLarge(Expr expr, Denotation value) {
        String what =
                value instanceof Sequence ? "a list with more than %,d elements" : "a text of more than %,d characters";
        return new DiagnosticException(Diagnostic.at(
                        expr.span(), FrontendCode.VALUE_SIZE, String.format(Locale.ROOT, what, Denotation.MAX_SIZE))
                .note("lists and texts are made when the model is compiled; elements of tensors are not listed")
                .hint("work on whole tensors, with iota(n) for positions"));
    }

    Operand operand(Expr expr, Scope scope) {
        return new Operand(evaluate(expr, scope), expr.span());
    }

    private Denotation denotation(Expr expr, Scope scope) {
        return switch (expr) {
            case Expr.IntLiteral e -> new Length(Dim.of(e.value()));
            case Expr.FloatLiteral e -> new Real(e.value());
            case Expr.BoolLiteral e -> new Bool(e.value());
            case Expr.StringLiteral e -> texts.fill(e, scope);
            case Expr.Ref e -> name(e, scope);
            case Expr.ListLiteral e ->
                new Sequence(e.elements().stream().map(x -> evaluate(x, scope)).toList());
            case Expr.Unary e -> operators.unary(e, scope);
            case Expr.Binary e -> operators.binary(e, scope);
            case Expr.Call e -> calls.call(e, scope);
            case Expr.Index e -> indexing.index(e, scope);
            case Expr.Weight e -> weights.use(e, scope);
            case Expr.If e -> choice(e, scope);
        };
    }

    private Denotation name(Expr.Ref ref, Scope scope) {
        Optional<Scope.Binding> binding = scope.find(ref.name());
        if (binding.isPresent()) {
            return binding.get().value();
        }
        Optional<DType> dtype = DType.named(ref.name());
        if (dtype.isPresent()) {
            return new ElementType(dtype.get());
        }
        if (Catalogue.find(ref.name()).isPresent()) {
            return new Builtin(ref.name());
        }
        if (diagnostics.isIncomplete() || !unknownNames.add(ref.name())) {
            return Denotation.Poison.VALUE;
        }
        throw new DiagnosticException(unknown(ref, scope));
    }

    private static Diagnostic unknown(Expr.Ref ref, Scope scope) {
        Optional<Span> later = scope.announced(ref.name());
        if (later.isPresent()) {
            return Diagnostic.at(
                            ref.span(),
                            FrontendCode.DECLARED_LATER,
                            "`" + ref.name() + "` is used before it is declared")
                    .related(later.get(), "declared here")
                    .hint("move the declaration up");
        }
        Diagnostic d = Diagnostic.at(ref.span(), FrontendCode.UNKNOWN_NAME, "`" + ref.name() + "` is not declared");
        Optional<Span> output = scope.output(ref.name());
        if (output.isPresent()) {
            return d.related(output.get(), "an output, which expressions do not read")
                    .hint("give the value a name: `let " + ref.name() + " = ...`, and `output " + ref.name() + " = "
                            + ref.name() + "`");
        }
        boolean looksLikeLength =
                ref.name().length() <= 2 && Character.isUpperCase(ref.name().charAt(0));
        return Remedies.name(ref.name(), scope)
                .map(d::hint)
                .orElse(looksLikeLength ? d.hint("declare it as a length: `dim " + ref.name() + "`") : d);
    }

    private Denotation choice(Expr.If e, Scope scope) {
        return condition(e.condition(), scope)
                .map(c -> evaluate(c ? e.then() : e.otherwise(), scope))
                .orElse(Denotation.Poison.VALUE);
    }

    /** The value of a condition; empty when it was reported as wrong. */
    Optional<Boolean> condition(Expr condition, Scope scope) {
        Denotation value = evaluate(condition, scope);
        if (value instanceof Bool b) {
            return Optional.of(b.value());
        }
        if (!value.isPoison()) {
            Diagnostic d = Diagnostic.at(
                            condition.span(),
                            FrontendCode.NOT_KNOWN,
                            "`if` needs a condition that is known when the model is compiled, not "
                                    + Words.describe(value))
                    .label(Words.describe(value));
            diagnostics.report(
                    value instanceof Tensor
                            ? d.hint("choose element by element with where(condition, a, b)")
                            : d.hint("compare, for example `l > 0`"));
        }
        return Optional.empty();
    }

    /** An integer that is known now; empty when it was reported as wrong. */
    Optional<Long> integer(Expr expr, Scope scope, String what) {
        Denotation value = evaluate(expr, scope);
        if (value instanceof Length l && l.dim().isKnown()) {
            return Optional.of(l.dim().value());
        }
        if (!value.isPoison()) {
            Diagnostic d = Diagnostic.at(
                            expr.span(),
                            FrontendCode.NOT_KNOWN,
                            what + " must be an integer that is known when the model is compiled, not "
                                    + Words.describe(value))
                    .label(Words.describe(value));
            diagnostics.report(
                    value instanceof Length ? d.note("lengths that `dim` declares are bound when the model runs") : d);
        }
        return Optional.empty();
    }

    /** Gives names to a value: one, or the elements of a list one each. */
    List<Denotation> takeApart(Stmt.Binding binding, Scope scope) {
        Denotation value = evaluate(binding.value(), scope);
        int names = binding.names().size();
        if (names == 1) {
            return List.of(value);
        }
        if (value instanceof Sequence s && s.elements().size() == names) {
            return s.elements();
        }
        if (!(value instanceof Denotation.Poison)) {
            Diagnostic d = Diagnostic.at(
                            binding.value().span(),
                            FrontendCode.TAKE_APART,
                            Words.count(names, "name") + " cannot be given to " + Words.describe(value))
                    .label(Words.describe(value))
                    .related(
                            binding.names()
                                    .getFirst()
                                    .span()
                                    .to(binding.names().getLast().span()),
                            names + " names");
            diagnostics.report(
                    value instanceof Tensor
                            ? d.hint("cut a tensor with split("
                                    + Words.written(
                                            new Operand(value, binding.value().span()), "x") + ", " + names
                                    + ", axis = -1)")
                            : d);
        }
        return Collections.nCopies(names, Denotation.Poison.VALUE);
    }
}
