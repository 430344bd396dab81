package heddle.compiler.decode;

import heddle.compiler.decode.DecodeStep.Cache;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Input;
import heddle.compiler.op.Length;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.Weight;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The values of a graph at new tokens, made as they are asked for. An axis of tokens is one that has as many elements as the input has
 * tokens. Some axes of a value are wanted <em>whole</em>, as those that are summed over; the others have the new tokens alone.
 */
final class NewTokens {
    /** What stands for a value: its elements, and what is known of them where a new token meets a later one. */
    record Form(Value value, Later later) {}

    private record Wanted(Node node, Set<Integer> whole) {}

    private final Graph graph;
    private final Node input;
    private final Optional<Dim> past;
    private final Graph.Builder out;
    private final Dim tokens;
    private final Dim added;
    private final Dim all;
    private final Set<Node> ofTokens = new HashSet<>();
    private final Map<Wanted, Form> forms = new HashMap<>();
    private final Map<Node, Value> cached = new HashMap<>();
    private final List<Cache> caches = new ArrayList<>();
    private final List<Value> rows = new ArrayList<>();
    private final String prefix;
    private boolean countsPlaces;
    private final LayoutOfTokens layout = new LayoutOfTokens(this);
    private final SumsOverTokens sums = new SumsOverTokens(this);

    /** @param past the tokens before; without them all tokens are new, and with them there is one new token */
    NewTokens(Graph graph, Node input, Optional<Dim> past) {
        this.graph = graph;
        this.input = input;
        this.past = past;
        this.out = new Graph.Builder(graph.name());
        this.tokens = input.type().dim(1);
        this.added = past.isPresent() ? Dim.ONE : tokens;
        this.all = past.map(p -> p.plus(added)).orElse(tokens);
        this.prefix = unused(graph);
        for (Node node : graph.nodes()) {
            if (node == input || graph.operands(node).stream().anyMatch(v -> ofTokens.contains(v.node()))) {
                ofTokens.add(node);
            }
        }
    }

    /** What no name of an input or output begins with. */
    private static String unused(Graph graph) {
        Set<String> names = new HashSet<>(graph.outputs().keySet());
        graph.nodes().stream().filter(n -> n.op() instanceof Input).forEach(n -> names.add(((Input) n.op()).key()));
        String unused = "cache.";
        while (anyBegins(names, unused)) {
            unused = "kept." + unused;
        }
        return unused;
    }

    private static boolean anyBegins(Set<String> names, String prefix) {
        return names.stream().anyMatch(name -> name.startsWith(prefix));
    }

    /** Makes a value an output, at the new tokens. */
    void output(String name, Node node) {
        if (node.type().rank() < 2 || !isOfTokens(node.type().dim(1))) {
            throw new DeclinedException(
                    node,
                    "the output " + name + " is " + node.type() + ", whose second axis is not that of tokens",
                    "give it an element for each token, rows first");
        }
        out.output(name, form(node, Set.of()).value);
    }

    /** The graph with the new rows of each cache as further outputs. */
    Graph build() {
        if (caches.isEmpty() && countsPlaces && past.isPresent()) {
            throw new DeclinedException(
                    input, "nothing tells how many tokens came before", "let tokens read others, as attention does");
        }
        for (int n = 0; n < caches.size(); n++) {
            out.output(caches.get(n).name(), rows.get(n));
        }
        Graph step = out.build();
        if (past.isPresent()) {
            // What depends on how many tokens there are in all has no number in a graph for one of them.
            step.nodes().forEach(node -> node.type().shape().dims().forEach(dim -> requireFree(node, dim)));
        }
        return step;
    }

    private void requireFree(Node node, Dim dim) {
        if (!isFree(dim)) {
            throw new DeclinedException(
                    node,
                    "an axis has " + dim + " elements, which no longer are those of tokens",
                    "keep the axis of " + tokens + " tokens apart from others");
        }
    }

    List<Cache> caches() {
        return List.copyOf(caches);
    }

    boolean isOfTokens(Dim dim) {
        return dim.equals(tokens);
    }

    boolean isFree(Dim dim) {
        return dim.symbols().stream().noneMatch(tokens.symbols()::contains);
    }

    /** The axes of tokens. @throws DeclinedException when another axis depends on how many there are */
    Set<Integer> axes(Node node) {
        Set<Integer> axes = new TreeSet<>();
        for (int axis = 0; axis < node.type().rank(); axis++) {
            Dim dim = node.type().dim(axis);
            if (isOfTokens(dim)) {
                axes.add(axis);
            } else {
                requireFree(node, dim);
            }
        }
        return axes;
    }

    private Dim length(boolean isWhole) {
        return isWhole ? all : added;
    }

    /** A shape of a given value, with the lengths that are wanted. */
    Shape shape(List<Dim> dims, Set<Integer> whole) {
        List<Dim> lengths = new ArrayList<>();
        for (int axis = 0; axis < dims.size(); axis++) {
            lengths.add(isOfTokens(dims.get(axis)) ? length(whole.contains(axis)) : dims.get(axis));
        }
        return new Shape(lengths);
    }

    Value add(Op op, Node node, Value... operands) {
        return out.value(op, node.origin(), operands);
    }

    private Value part(Op op, Node node, Value... operands) {
        return out.part(op, node.origin(), operands);
    }

    Form form(Node node, Set<Integer> whole) {
        Wanted wanted = new Wanted(node, whole);
        Form known = forms.get(wanted);
        if (known == null) {
            known = made(node, whole);
            forms.put(wanted, known);
        }
        return known;
    }

    Form form(Node node, int slot, Set<Integer> whole) {
        return form(graph.operand(node, slot).node(), whole);
    }

    private Form made(Node node, Set<Integer> whole) {
        Set<Integer> axes = axes(node);
        if (axes.size() - whole.size() > 1) {
            throw new DeclinedException(
                    node, "it has something for each pair of new tokens", "sum it over keys before it is an output");
        }
        boolean isKept = !whole.isEmpty() && axes.equals(whole) && ofTokens.contains(node);
        return isKept && !isSeenInCache(node) ? new Form(cache(node, axes), Later.UNKNOWN) : computed(node, whole);
    }

    /** Whether a value has the elements of another one, which can be kept in its place: heads that are repeated are kept once. */
    private boolean isSeenInCache(Node node) {
        return (node.op() instanceof Permute || node.op() instanceof Reshape || node.op() instanceof Expand)
                && axes(graph.operand(node, 0).node()).size() == 1;
    }

    Graph graph() {
        return graph;
    }

    Dim tokens() {
        return tokens;
    }

    /** The place of the first new token. */
    Dim before() {
        countsPlaces = true;
        return past.orElse(Dim.ZERO);
    }

    /** A value's elements at all tokens: those before come from a cache, those of new ones go to it. */
    private Value cache(Node node, Set<Integer> axes) {
        if (axes.size() != 1) {
            throw new DeclinedException(
                    node,
                    "something is kept of each pair of tokens before",
                    "sum it over keys before other tokens read it");
        }
        Value known = cached.get(node);
        if (known == null) {
            known = cache(node, axes.iterator().next());
            cached.put(node, known);
        }
        return known;
    }

    /** Tokens are the first axis of a cache, so that rows of new ones go behind the others. */
    private Value cache(Node node, int axis) {
        Value fresh = form(node, Set.of()).value;
        List<Integer> order = new ArrayList<>(List.of(axis));
        IntStream.range(0, node.type().rank()).filter(n -> n != axis).forEach(order::add);
        Permute tokensFirst = new Permute(order);
        Value row = axis == 0 ? fresh : part(tokensFirst, node, fresh);
        List<Dim> dims = new ArrayList<>(row.type().shape().dims());
        dims.set(0, past.orElse(Dim.ZERO));
        Cache cache =
                new Cache(prefix + caches.size(), new TensorType(node.type().dtype(), new Shape(dims)));
        caches.add(cache);
        rows.add(row);
        if (past.isEmpty()) {
            return fresh;
        }
        Value before = part(new Input(cache.name(), cache.type()), node);
        return part(new Concat(axis), node, axis == 0 ? before : part(tokensFirst.inverse(), node, before), fresh);
    }

    private Form computed(Node node, Set<Integer> whole) {
        return switch (node.op()) {
            case Input i -> input(node, i);
            case Weight w -> leaf(node, w);
            case Constant c -> constant(node, c, whole);
            case Length l -> leaf(node, length(node, l));
            case Iota i -> iota(node, i, whole);
            case Cast c -> {
                Form x = form(node, 0, whole);
                DType from = graph.operand(node, 0).type().dtype();
                yield new Form(add(c, node, x.value), Later.cast(from, c.to(), x.later));
            }
            case Elementwise e -> elementwise(node, e, whole);
            case Expand e -> {
                Form x = form(node, 0, broadcast(node, 0, whole));
                yield new Form(add(new Expand(shape(e.shape().dims(), whole)), node, x.value), x.later);
            }
            case Permute p -> {
                Form x = form(node, 0, whole.stream().map(p.order()::get).collect(Collectors.toSet()));
                yield new Form(add(p, node, x.value), x.later);
            }
            case Reshape r -> layout.reshape(node, r, whole);
            case Concat c -> layout.along(node, c.axis(), "are joined with others", whole);
            case Pad p -> layout.pad(node, p, whole);
            case Slice s -> layout.slice(node, s, whole);
            case Gather g -> layout.gather(node, g, whole);
            case TakeAlong t -> layout.along(node, t.axis(), "are picked by their place", whole);
            case Softmax s -> sums.softmax(node, s, whole);
            case Reduce r -> sums.reduce(node, r, whole);
            case Contract c -> sums.contract(node, c, whole);
            default ->
                throw new DeclinedException(
                        node,
                        "it is not known what " + node.op().name() + " does to a token by itself",
                        "write it with other functions");
        };
    }

    private Form leaf(Node node, Op op) {
        if (!node.type().shape().dims().stream().allMatch(this::isFree)) {
            throw new DeclinedException(
                    node,
                    "it is " + node.type() + ", so texts have as many tokens as it has",
                    "declare it with a known length, and take the part that is needed: table[0:" + tokens + "]");
        }
        return new Form(add(op, node), Later.UNKNOWN);
    }

    private Form input(Node node, Input i) {
        if (node != input) {
            throw new DeclinedException(
                    node, "the input " + i.key() + " is not made from tokens", "compute the output from tokens alone");
        }
        Shape shape = shape(i.type().shape().dims(), Set.of());
        return new Form(add(new Input(i.key(), new TensorType(i.type().dtype(), shape)), node), Later.UNKNOWN);
    }

    private Length length(Node node, Length l) {
        if (!isFree(l.dim())) {
            throw new DeclinedException(
                    node,
                    "the result depends on the number of tokens, " + l.dim() + ", which grows",
                    "compute with positions, iota(" + tokens + ")");
        }
        return l;
    }

    private Form constant(Node node, Constant c, Set<Integer> whole) {
        if (!c.isSplat()) {
            return leaf(node, c);
        }
        Number value = c.values().getFirst();
        Shape shape = shape(c.type().shape().dims(), whole);
        Op op = Constant.splat(new TensorType(c.type().dtype(), shape), value);
        return new Form(add(op, node), new Later.Number(value.doubleValue()));
    }

    private Form iota(Node node, Iota i, Set<Integer> whole) {
        if (!isOfTokens(i.length())) {
            return leaf(node, i);
        }
        if (!whole.isEmpty()) {
            return new Form(add(new Iota(all), node), new Later.Places(0, 1, 0));
        }
        Value places = add(new Iota(added), node);
        Value moved = past.isEmpty()
                ? places
                : part(new Elementwise(ScalarFn.ADD), node, places, part(new Length(before(), DType.I64), node));
        return new Form(moved, new Later.Places(1, 0, 0));
    }

    /** The axes of an operand that are wanted whole where it is broadcast with others. */
    private Set<Integer> broadcast(Node node, int slot, Set<Integer> whole) {
        TensorType operand = graph.operand(node, slot).type();
        int skipped = node.type().rank() - operand.rank();
        Set<Integer> own = new TreeSet<>();
        for (int axis : whole) {
            if (axis >= skipped && isOfTokens(operand.dim(axis - skipped))) {
                own.add(axis - skipped);
            }
        }
        return own;
    }

    private Form elementwise(Node node, Elementwise e, Set<Integer> whole) {
        List<Value> values = new ArrayList<>();
        List<Later> later = new ArrayList<>();
        for (int slot = 0; slot < graph.operands(node).size(); slot++) {
            Form x = form(node, slot, broadcast(node, slot, whole));
            values.add(x.value);
            later.add(x.later);
        }
        DType type = graph.operands(node).getLast().type().dtype();
        return new Form(add(e, node, values.toArray(Value[]::new)), Later.of(e.fn(), type, later));
    }
}
