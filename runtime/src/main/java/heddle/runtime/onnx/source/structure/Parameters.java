package heddle.runtime.onnx.source.structure;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.structure.step.NameTemplate;
import heddle.runtime.onnx.source.structure.step.Sums;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The fewest numbers, texts and lengths that say in what pieces differ that are alike, so that one function can stand for all.
 * Numbers that grow together are one parameter; names that begin alike are one too.
 */
public final class Parameters {
    private final List<List<Leaf>> columns;
    private final int pieces;
    private final String prefix;
    private final UnaryOperator<String> roles;
    private final Term[] patterns;
    private final List<Variable> variables = new ArrayList<>();
    private final List<List<Term>> arguments = new ArrayList<>();
    private final List<Counter> counters = new ArrayList<>();
    private final List<Beginning> beginnings = new ArrayList<>();

    /** @param hint a word from which a name can be made */
    public record Variable(String id, String hint) {}

    private record Counter(String id, long[] values) {}

    private record Beginning(String id, List<String> texts) {}

    /** A number of a text: its leaf, its place in it, its values in all pieces. */
    private record Place(int leaf, int index, long[] values, String hint) {}

    private Parameters(List<List<Leaf>> columns, int pieces, String prefix, UnaryOperator<String> roles) {
        this.roles = roles;
        this.columns = columns;
        this.pieces = pieces;
        this.prefix = prefix;
        this.patterns = new Term[columns.size()];
        for (int i = 0; i < pieces; i++) {
            arguments.add(new ArrayList<>());
        }
    }

    /**
     * @param rows   the leaves of each piece
     * @param roles  a word for the role of a leaf
     * @param prefix of the parameters' names, which starts with the mark of names that are not chosen yet
     * @return empty when no parameters say it
     */
    static Optional<Parameters> of(List<List<Leaf>> rows, String prefix, UnaryOperator<String> roles) {
        Parameters p = new Parameters(Progressions.transposed(rows), rows.size(), prefix, roles);
        return p.fit() ? Optional.of(p) : Optional.empty();
    }

    /** What stands for each leaf in the function. */
    List<Term> patterns() {
        return List.of(patterns);
    }

    List<Variable> variables() {
        return variables;
    }

    /** What a piece gives for each variable. */
    List<Term> arguments(int piece) {
        return arguments.get(piece);
    }

    private boolean fit() {
        List<Place> places = new ArrayList<>();
        List<Integer> names = new ArrayList<>();
        for (int j = 0; j < columns.size(); j++) {
            List<Leaf> column = columns.get(j);
            if (Progressions.allEqual(column)) {
                patterns[j] = Progressions.term(column.getFirst());
            } else if (column.getFirst() instanceof Leaf.Words) {
                if (!wording(j, places)) {
                    names.add(j);
                }
            }
        }
        places.sort(Comparator.comparingLong(p -> Progressions.range(p.values())));
        Term[][] numbers = new Term[columns.size()][];
        for (Place place : places) {
            int size = templates(place.leaf()).getFirst().numbers().size();
            numbers[place.leaf()] = numbers[place.leaf()] == null ? new Term[size] : numbers[place.leaf()];
            numbers[place.leaf()][place.index()] = new Term.Length(counter(place.values(), place.hint()));
        }
        for (int j = 0; j < columns.size(); j++) {
            if (numbers[j] != null) {
                patterns[j] = filled(templates(j), numbers[j]);
            }
        }
        return names(names) && amounts() && lengths();
    }

    private List<NameTemplate> templates(int leaf) {
        return Progressions.templates(columns.get(leaf));
    }

    /** Whether the texts of a leaf differ in numbers alone, whose places are noted. */
    private boolean wording(int leaf, List<Place> places) {
        List<NameTemplate> templates = templates(leaf);
        String wording = templates.getFirst().wording();
        if (!templates.stream().allMatch(t -> t.wording().equals(wording))) {
            return false;
        }
        List<Place> found = new ArrayList<>();
        for (int n = 0; n < templates.getFirst().numbers().size(); n++) {
            Optional<long[]> values = Progressions.differences(Progressions.numbers(templates, n));
            if (values.isEmpty()) {
                return false;
            }
            if (!Progressions.isConstant(values.get())) {
                found.add(new Place(leaf, n, values.get(), Hints.counter(templates.getFirst(), n)));
            }
        }
        places.addAll(found);
        return true;
    }

    private Term filled(List<NameTemplate> templates, Term[] numbers) {
        NameTemplate first = templates.getFirst();
        List<Dim> dims = new ArrayList<>(first.numbers());
        for (int n = 0; n < numbers.length; n++) {
            if (numbers[n] != null) {
                Dim own = dims.get(n);
                Dim common = own.minus(Sums.constant(own));
                dims.set(n, common.plus(((Term.Length) numbers[n]).dim()));
            }
        }
        return new Term.Text(first.with(dims).text());
    }

    /** A parameter that gives the numbers, or a sum with one that is there. */
    private Dim counter(long[] values, String hint) {
        for (Counter counter : counters) {
            Optional<Progressions.Line> line = Progressions.line(counter.values(), values);
            if (line.isPresent() && (pieces > 2 || line.get().start() >= 0)) {
                return line.get().of(counter.id());
            }
        }
        Counter counter = new Counter(variable(hint), values);
        counters.add(counter);
        for (int i = 0; i < pieces; i++) {
            arguments.get(i).add(Term.Literal.of(values[i], DType.I64));
        }
        return Dim.symbol(counter.id());
    }

    private String variable(String hint) {
        Variable v = new Variable(prefix + "_" + variables.size(), hint);
        variables.add(v);
        return v.id();
    }

    private record Ending(int leaf, List<String> starts, String end) {}

    /** Texts whose words differ: what they end with stays in the function, what they begin with is given. */
    private boolean names(List<Integer> leaves) {
        List<Ending> endings = new ArrayList<>();
        for (int leaf : leaves) {
            List<String> texts =
                    templates(leaf).stream().map(NameTemplate::text).toList();
            String end = commonEnd(texts);
            endings.add(new Ending(
                    leaf,
                    texts.stream()
                            .map(t -> t.substring(0, t.length() - end.length()))
                            .toList(),
                    end));
        }
        endings.sort(Comparator.comparingInt(e -> e.starts().getFirst().length()));
        for (Ending ending : endings) {
            if (ending.starts().stream().anyMatch(s -> NameTemplate.of(s).hasHoles())) {
                return false;
            }
            patterns[ending.leaf()] = new Term.Text(beginning(ending.starts()) + ending.end());
        }
        return true;
    }

    private String beginning(List<String> starts) {
        for (Beginning known : beginnings) {
            Optional<String> rest = rest(known.texts(), starts);
            if (rest.isPresent()) {
                return "{" + known.id() + "}" + rest.get();
            }
        }
        Beginning begun = new Beginning(variable("name"), starts);
        beginnings.add(begun);
        for (int i = 0; i < pieces; i++) {
            arguments.get(i).add(new Term.Text(starts.get(i)));
        }
        return "{" + begun.id() + "}";
    }

    private static Optional<String> rest(List<String> begun, List<String> texts) {
        String rest = null;
        for (int i = 0; i < texts.size(); i++) {
            if (!texts.get(i).startsWith(begun.get(i))) {
                return Optional.empty();
            }
            String own = texts.get(i).substring(begun.get(i).length());
            if (rest != null && !rest.equals(own) || own.contains("{") || own.contains("}")) {
                return Optional.empty();
            }
            rest = own;
        }
        return Optional.of(rest);
    }

    /** The longest that all end with and that begins with a sign between words, while all have something before it. */
    private static String commonEnd(List<String> texts) {
        String first = texts.getFirst();
        int length = first.length();
        for (String text : texts) {
            int same = 0;
            while (same < Math.min(length, text.length())
                    && first.charAt(first.length() - 1 - same) == text.charAt(text.length() - 1 - same)) {
                same++;
            }
            length = Math.min(length, same);
        }
        for (int at = first.length() - length; at < first.length(); at++) {
            String end = first.substring(at);
            if ("./:_-".indexOf(end.charAt(0)) >= 0
                    && !end.contains("{")
                    && !end.contains("}")
                    && texts.stream().allMatch(t -> t.length() > end.length())) {
                return end;
            }
        }
        return "";
    }

    private boolean amounts() {
        List<long[]> known = new ArrayList<>();
        for (int j = 0; j < columns.size(); j++) {
            if (patterns[j] != null || !(columns.get(j).getFirst() instanceof Leaf.Amount)) {
                continue;
            }
            List<String> texts = columns.get(j).stream()
                    .map(l -> ((Leaf.Amount) l).literal().text())
                    .toList();
            Optional<long[]> whole = whole(texts);
            if (whole.isPresent()) {
                known.add(whole.get());
                patterns[j] = new Term.Length(counter(
                        whole.get(), roles.apply(columns.get(j).getFirst().role())));
            } else {
                patterns[j] = given(columns.get(j));
            }
        }
        return true;
    }

    static Optional<long[]> whole(List<String> texts) {
        return texts.stream().allMatch(t -> t.matches("-?[0-9]{1,15}"))
                ? Optional.of(texts.stream().mapToLong(Long::parseLong).toArray())
                : Optional.empty();
    }

    private boolean lengths() {
        for (int j = 0; j < columns.size(); j++) {
            if (patterns[j] == null) {
                patterns[j] = given(columns.get(j));
                if (columns.get(j).stream()
                        .anyMatch(l ->
                                ((Leaf.Length) l).dim().symbols().stream().anyMatch(s -> s.startsWith(Sums.MARK)))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A parameter of its own, shared with leaves that are equal in all pieces. */
    private Term given(List<Leaf> column) {
        List<Term> terms = column.stream().map(Progressions::term).toList();
        for (int v = 0; v < variables.size(); v++) {
            int index = v;
            boolean same = true;
            for (int i = 0; i < pieces && same; i++) {
                same = arguments.get(i).get(index).equals(terms.get(i));
            }
            if (same) {
                return standIn(column, variables.get(v).id());
            }
        }
        String id = variable(roles.apply(column.getFirst().role()));
        for (int i = 0; i < pieces; i++) {
            arguments.get(i).add(terms.get(i));
        }
        return standIn(column, id);
    }

    private static Term standIn(List<Leaf> column, String id) {
        return column.getFirst() instanceof Leaf.Length ? new Term.Length(Dim.symbol(id)) : new Term.Name(id);
    }
}
