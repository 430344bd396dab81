package heddle.runtime.onnx.source.structure;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.NameTemplate;
import heddle.runtime.onnx.source.structure.step.Step;
import heddle.runtime.onnx.source.structure.step.Sums;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the leaves of one step are in round {@code l} of a loop, where a sum of multiples of {@code l} or a list says it. */
final class Round {
    private static final TensorType NONE = TensorType.scalar(DType.I64);

    private final String variable;
    private final long from;
    private final int rounds;
    private final List<Step> lists = new ArrayList<>();

    /** @param from what the variable is in the first round */
    Round(String variable, long from, int rounds) {
        this.variable = variable;
        this.from = from;
        this.rounds = rounds;
    }

    long from() {
        return from;
    }

    /** Lists that must be there before the loop. */
    List<Step> lists() {
        return lists;
    }

    /** The place in a list of the present round. */
    Term.Index index() {
        return new Term.Index.At(new Term.Length(Dim.symbol(variable).minus(from)));
    }

    /** What stands for a leaf in all rounds. */
    Optional<Term> pattern(List<Leaf> column) {
        if (Progressions.allEqual(column)) {
            return Optional.of(Progressions.term(column.getFirst()));
        }
        return switch (column.getFirst()) {
            case Leaf.Words w -> Optional.of(new Term.Text(text(Progressions.templates(column))));
            case Leaf.Amount a -> Optional.of(amount(column));
            case Leaf.Length l ->
                line(column.stream().map(x -> ((Leaf.Length) x).dim()).toList()).map(Term.Length::new);
        };
    }

    private Optional<Dim> line(List<Dim> dims) {
        long[] base = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            base[i] = from + i;
        }
        Dim common = dims.getFirst().minus(Sums.constant(dims.getFirst()));
        return Progressions.differences(dims)
                .flatMap(c -> Progressions.line(base, c))
                .map(line -> line.of(variable).plus(common));
    }

    private String text(List<NameTemplate> templates) {
        NameTemplate first = templates.getFirst();
        if (templates.stream().allMatch(t -> t.wording().equals(first.wording()))) {
            List<Dim> numbers = new ArrayList<>();
            for (int n = 0; n < first.numbers().size(); n++) {
                line(Progressions.numbers(templates, n)).ifPresent(numbers::add);
            }
            if (numbers.size() == first.numbers().size()) {
                return first.with(numbers).text();
            }
        }
        List<Term> texts =
                templates.stream().<Term>map(t -> new Term.Text(t.text())).toList();
        return "{" + list(texts, "names") + "[" + Dim.symbol(variable).minus(from) + "]}";
    }

    private Term amount(List<Leaf> column) {
        List<Term> terms = column.stream().map(Progressions::term).toList();
        Optional<long[]> whole = Parameters.whole(
                terms.stream().map(t -> ((Term.Literal) t).text()).toList());
        if (whole.isPresent()) {
            List<Dim> dims = new ArrayList<>();
            for (long x : whole.get()) {
                dims.add(Dim.of(x));
            }
            Optional<Dim> line = line(dims);
            if (line.isPresent()) {
                return new Term.Length(line.get());
            }
        }
        return new Term.Subscript(new Term.Name(list(terms, "amounts")), List.of(index()));
    }

    /** The name of a list, made the first time. */
    private String list(List<Term> terms, String hint) {
        for (Step step : lists) {
            Step.Compute known = (Step.Compute) step;
            if (known.term().equals(new Term.Items(terms))) {
                return known.results().getFirst().name();
            }
        }
        String name = Sums.MARK + hint + variable.substring(1) + "_" + lists.size();
        lists.add(new Step.Compute(List.of(new Value(name, NONE)), new Term.Items(terms), List.of(), List.of()));
        return name;
    }
}
