package heddle.runtime.onnx.operator;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.translate.NodeContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whole numbers in a row, as positions are: {@code from}, {@code from + 1}, … up to {@code to}, along one axis among others of
 * length one.
 *
 * @param axes how {@code new} axes stand around it; empty for the row alone
 */
record Positions(Dim from, Dim to, List<Index> axes) {
    /** What a term says, or the definition that it refers to. */
    static Optional<Positions> of(NodeContext node, Term term) {
        return switch (term) {
            case Term.Ref ref -> node.meaning(ref.value()).flatMap(m -> of(node, m));
            case Call call -> row(call);
            case Term.Subscript s ->
                s.operand() instanceof Call call && s.indices().stream().allMatch(Positions::isAxis)
                        ? row(call).map(p -> new Positions(p.from(), p.to(), s.indices()))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Positions> row(Call call) {
        List<Term> arguments =
                call.arguments().stream().map(Term.Argument::term).toList();
        if (call.function().equals("iota") && arguments.getFirst() instanceof Term.Length n) {
            return Optional.of(new Positions(Dim.ZERO, n.dim(), List.of()));
        }
        return call.function().equals("range")
                        && arguments.size() == 2
                        && arguments.get(0) instanceof Term.Length from
                        && arguments.get(1) instanceof Term.Length to
                ? Optional.of(new Positions(from.dim(), to.dim(), List.of()))
                : Optional.empty();
    }

    private static boolean isAxis(Index index) {
        return index instanceof Index.New || index.equals(Terms.all());
    }

    /** Those from number {@code first} up to number {@code end}. */
    Positions part(Dim first, Dim end) {
        return new Positions(from.plus(first), from.plus(end), axes);
    }

    Term term() {
        Term row = from.isZero()
                ? Call.of("iota", Terms.length(to))
                : Call.of("range", Terms.length(from), Terms.length(to));
        return axes.isEmpty() ? row : new Term.Subscript(row, axes);
    }

    /** The elements of an axis at these positions: {@code x[:, from:to]}. */
    Term of(Term x, int axis, Dim length) {
        List<Index> indices = new ArrayList<>();
        for (int i = 0; i < axis; i++) {
            indices.add(Terms.all());
        }
        Index range = new Index.Range(
                from.isZero() ? Optional.empty() : Optional.of(Terms.length(from)),
                to.equals(length) ? Optional.empty() : Optional.of(Terms.length(to)),
                Optional.empty());
        indices.addAll(
                axes.isEmpty()
                        ? List.of(range)
                        : axes.stream()
                                .map(i -> i instanceof Index.New ? i : range)
                                .toList());
        return indices.stream().allMatch(Terms.all()::equals) ? x : new Term.Subscript(x, indices);
    }
}
