package heddle.runtime.onnx.translate;

import heddle.runtime.onnx.source.Definition;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.source.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tables that are looked up at the positions 0, 1, 2 … Exporters keep the positions as a constant, cut it to the length of the
 * input and look the rows up; a person writes {@code table[:N]}.
 */
final class PositionTables {
    private static final Index WHOLE = new Index.Range(Optional.empty(), Optional.empty(), Optional.empty());

    private final Map<Value, Positions> known = new HashMap<>();

    private PositionTables() {}

    /** {@code iota(length)}, as it stands or with new axes around it. */
    private record Positions(Term length, List<Index> axes) {
        Term term() {
            Term iota = Term.Call.of("iota", length);
            return axes.equals(List.of(WHOLE)) ? iota : new Term.Subscript(iota, axes);
        }

        /** The rows of a table at these positions. */
        Term of(Term table) {
            Term rows = new Term.Subscript(
                    table, List.of(new Index.Range(Optional.empty(), Optional.of(length), Optional.empty())));
            int last = axes.lastIndexOf(WHOLE);
            return axes.equals(List.of(WHOLE)) ? rows : new Term.Subscript(rows, written(axes, last));
        }

        /** Whole axes at the end need not be written. */
        private static List<Index> written(List<Index> axes, int last) {
            return last == axes.size() - 1 ? axes.subList(0, last) : axes;
        }
    }

    /** The definitions, with slices of tables for rows at positions. */
    static List<Definition> rewritten(List<Definition> definitions) {
        PositionTables tables = new PositionTables();
        return definitions.stream().map(tables::rewritten).toList();
    }

    private Definition rewritten(Definition d) {
        Optional<Positions> positions = positions(d.term());
        if (positions.isPresent() && d.results().size() == 1) {
            known.put(d.results().getFirst(), positions.get());
            return new Definition(d.results(), positions.get().term(), d.nodes());
        }
        return rows(d.term())
                .map(term -> new Definition(d.results(), term, d.nodes()))
                .orElse(d);
    }

    private Optional<Positions> positions(Term term) {
        return switch (term) {
            case Term.Ref ref -> Optional.ofNullable(known.get(ref.value()));
            case Term.Call call ->
                call.function().equals("iota")
                        ? Optional.of(new Positions(call.arguments().getFirst().term(), List.of(WHOLE)))
                        : Optional.empty();
            case Term.Subscript s -> positions(s.operand()).flatMap(p -> cut(p, s.indices()));
            default -> Optional.empty();
        };
    }

    /** New axes, or a range from the front of the one axis that counts. */
    private static Optional<Positions> cut(Positions positions, List<Index> indices) {
        List<Index> axes = new ArrayList<>();
        Term length = positions.length();
        int axis = 0;
        for (Index index : indices) {
            if (index instanceof Index.New) {
                axes.add(index);
                continue;
            }
            if (!(index instanceof Index.Range range)
                    || axis >= positions.axes().size()) {
                return Optional.empty();
            }
            Index old = positions.axes().get(axis++);
            axes.add(old);
            if (!range.equals(WHOLE)) {
                if (!old.equals(WHOLE)
                        || range.from().isPresent()
                        || range.step().isPresent()) {
                    return Optional.empty();
                }
                length = range.to().orElseThrow();
            }
        }
        axes.addAll(positions.axes().subList(axis, positions.axes().size()));
        return Optional.of(new Positions(length, axes));
    }

    /** {@code gather(table, positions)} along the first axis. */
    private Optional<Term> rows(Term term) {
        if (!(term instanceof Term.Call call)
                || !call.function().equals("gather")
                || call.arguments().size() != 2
                || call.arguments().get(1).name().isPresent()) {
            return Optional.empty();
        }
        Term table = call.arguments().getFirst().term();
        return positions(call.arguments().get(1).term()).map(p -> p.of(table));
    }
}
