package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Broadcasting;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.Emitter;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.compiler.frontend.value.Scope;
import heddle.compiler.frontend.value.Words;
import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Expr.Subscript;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Evaluates {@code x[...]} for tensors and lists. */
final class Indexing {
    private final Emitter emitter;
    private final Expressions expressions;
    private final Diagnostics diagnostics;

    Indexing(Emitter emitter, Expressions expressions, Diagnostics diagnostics) {
        this.emitter = emitter;
        this.expressions = expressions;
        this.diagnostics = diagnostics;
    }

    Denotation index(Expr.Index e, Scope scope) {
        Operand base = expressions.operand(e.base(), scope);
        List<Subscripted> subscripts = new ArrayList<>();
        boolean poisoned = base.value().isPoison();
        for (Subscript s : e.subscripts()) {
            Subscripted evaluated = evaluate(s, scope);
            poisoned |= evaluated.isPoison();
            subscripts.add(evaluated);
        }
        if (poisoned) {
            return Denotation.Poison.VALUE;
        }
        emitter.at(e.span(), List.of(base));
        return switch (base.value()) {
            case Tensor t -> {
                warnOfPairs(subscripts, e.span());
                yield new TensorIndexing(emitter, base, t).apply(subscripts, e.span());
            }
            case Sequence s -> element(s, subscripts, e.span());
            default ->
                throw new DiagnosticException(Diagnostic.at(
                                base.span(),
                                FrontendCode.OPERATOR,
                                "only tensors and lists have elements, not " + Words.describe(base.value()))
                        .label(Words.describe(base.value())));
        };
    }

    private Subscripted evaluate(Subscript s, Scope scope) {
        return switch (s) {
            case Subscript.At at -> new Subscripted.At(expressions.operand(at.index(), scope));
            case Subscript.Range r ->
                new Subscripted.Range(
                        r.start().map(x -> expressions.operand(x, scope)),
                        r.stop().map(x -> expressions.operand(x, scope)),
                        r.step().map(x -> expressions.operand(x, scope)),
                        r.span());
            case Subscript.Ellipsis x -> new Subscripted.Ellipsis(x.span());
            case Subscript.NewAxis x -> new Subscripted.NewAxis(x.span());
        };
    }

    /** NumPy pairs index tensors whose shapes broadcast; here each picks along its own axis. */
    private void warnOfPairs(List<Subscripted> subscripts, Span at) {
        List<Operand> indexes = subscripts.stream()
                .filter(s -> s instanceof Subscripted.At a && a.index().value() instanceof Tensor t && t.rank() > 0)
                .map(s -> ((Subscripted.At) s).index())
                .toList();
        if (indexes.size() < 2
                || !Broadcasting.fits(
                        indexes.stream().map(o -> (Tensor) o.value()).toList())) {
            return;
        }
        Diagnostic d = Diagnostic.at(
                at,
                FrontendCode.INDEX_TENSORS,
                "each of these index tensors picks along its own axis, in all combinations");
        for (Operand index : indexes) {
            d = d.related(index.span(), ((Tensor) index.value()).type().toString());
        }
        diagnostics.report(d.note("NumPy and PyTorch would pair them up, element by element")
                .hint("for pairs, number the elements: merge_axes(x, 0, 1)[i * size(x, 1) + j];"
                        + " for combinations, pick one after the other: x[i][:, j]"));
    }

    private static Denotation element(Sequence list, List<Subscripted> subscripts, Span at) {
        int size = list.elements().size();
        boolean single = subscripts.size() == 1 && subscripts.getFirst() instanceof Subscripted.At;
        Optional<Long> known = single
                ? ((Subscripted.At) subscripts.getFirst()).index().value().integer()
                : Optional.empty();
        if (known.isPresent()) {
            long i = known.get() < 0 ? known.get() + size : known.get();
            if (i >= 0 && i < size) {
                return list.elements().get((int) i);
            }
            throw new DiagnosticException(Diagnostic.at(
                            subscripts.getFirst().span(),
                            FrontendCode.INDEX,
                            "there is no element " + known.get() + " in a list of " + size)
                    .hint("elements run from 0 to " + (size - 1)));
        }
        throw new DiagnosticException(
                Diagnostic.at(at, FrontendCode.OPERATOR, "a list takes one integer that is known, like `parts[0]`"));
    }
}
