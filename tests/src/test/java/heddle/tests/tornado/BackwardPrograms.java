package heddle.tests.tornado;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The gradients of causal attention with grouped heads and capped scores, {@code 30 tanh(raw / 240)}, as tile programs written by hand:
 * nested loops, several sums over different axes, and products over the axis of the parallel block.
 *
 * @param groups   query heads that share a key head
 * @param features of queries and keys
 * @param values   columns of the values
 */
record BackwardPrograms(int groups, int features, int values) {
    private static final Dim QUERIES = Dim.symbol("N");
    private static final Dim KEYS = Dim.symbol("M");
    private static final int HEADS = 2;
    private static final double CAP = 30;

    Axis axis(String name) {
        return new Axis(
                name,
                switch (name) {
                    case "b" -> Dim.symbol("B");
                    case "h" -> Dim.of(HEADS);
                    case "g" -> Dim.of(groups);
                    case "i" -> QUERIES;
                    case "j" -> KEYS;
                    case "d" -> Dim.of(features);
                    case "e" -> Dim.of(values);
                    default -> throw new IllegalArgumentException(name);
                });
    }

    /** What both programs read. */
    SequencedMap<String, Buffer> inputs() {
        SequencedMap<String, Buffer> inputs = new LinkedHashMap<>();
        Dim heads = Dim.of((long) HEADS * groups);
        put(inputs, "q", heads, QUERIES, Dim.of(features));
        put(inputs, "k", Dim.of(HEADS), KEYS, Dim.of(features));
        put(inputs, "v", Dim.of(HEADS), KEYS, Dim.of(values));
        put(inputs, "dOut", heads, QUERIES, Dim.of(values));
        put(inputs, "largest", heads, QUERIES);
        put(inputs, "sum", heads, QUERIES);
        put(inputs, "delta", heads, QUERIES);
        return inputs;
    }

    Buffer gradient(String name) {
        SequencedMap<String, Buffer> one = new LinkedHashMap<>();
        switch (name) {
            case "dk" -> put(one, name, Dim.of(HEADS), KEYS, Dim.of(features));
            case "dv" -> put(one, name, Dim.of(HEADS), KEYS, Dim.of(values));
            case "dq" -> put(one, name, Dim.of((long) HEADS * groups), QUERIES, Dim.of(features));
            default -> throw new IllegalArgumentException(name);
        }
        return one.get(name);
    }

    private static void put(SequencedMap<String, Buffer> all, String name, Dim... rest) {
        Dim[] shape = new Dim[rest.length + 1];
        shape[0] = Dim.symbol("B");
        System.arraycopy(rest, 0, shape, 1, rest.length);
        all.put(name, new Buffer(name, new TensorType(DType.F32, Shape.of(shape))));
    }

    /** Keys and values have blocks; queries of all heads that share them are gone through inside. */
    TileProgram keysAndValues() {
        List<TileStmt> block = List.of(
                loaded("qs", "q", "i", "d"),
                loaded("dos", "dOut", "i", "e"),
                loaded("mx", "largest", "i"),
                loaded("sm", "sum", "i"),
                loaded("del", "delta", "i"),
                define(tile("raw", "i", "j"), dot("qs", "ks", "d", Annihilating.NEITHER)),
                map(tile("p", "i", "j"), probability()),
                masked("i"),
                new TileStmt.Accumulate(tile("av", "j", "e"), dot("p", "dos", "i", Annihilating.LEFT)),
                define(tile("dp", "i", "j"), dot("dos", "vs", "e", Annihilating.NEITHER)),
                map(tile("ds", "i", "j"), scoreGradient()),
                new TileStmt.Accumulate(tile("ak", "j", "d"), dot("ds", "qs", "i", Annihilating.LEFT)));
        TileStmt queries = loop("i", true, block);
        List<TileStmt> body = List.of(
                loaded("ks", "k", "j", "d"),
                loaded("vs", "v", "j", "e"),
                map(tile("ak", "j", "d"), literal(0)),
                map(tile("av", "j", "e"), literal(0)),
                loop("g", false, List.of(queries)),
                store("dk", "ak", "j", "d"),
                store("dv", "av", "j", "e"));
        return TileProgram.parallel(
                "dkdv", "gradient", List.of(axis("b"), axis("h"), axis("j")), body, List.of("by hand"));
    }

    /** Queries have blocks. */
    TileProgram queries() {
        List<TileStmt> block = List.of(
                loaded("ks", "k", "j", "d"),
                loaded("vs", "v", "j", "e"),
                define(tile("raw", "i", "j"), dot("qs", "ks", "d", Annihilating.NEITHER)),
                map(tile("p", "i", "j"), probability()),
                masked("j"),
                define(tile("dp", "i", "j"), dot("dos", "vs", "e", Annihilating.NEITHER)),
                map(tile("ds", "i", "j"), scoreGradient()),
                new TileStmt.Accumulate(tile("aq", "i", "d"), dot("ds", "ks", "j", Annihilating.LEFT)));
        List<TileStmt> body = List.of(
                loaded("qs", "q", "i", "d"),
                loaded("dos", "dOut", "i", "e"),
                loaded("mx", "largest", "i"),
                loaded("sm", "sum", "i"),
                loaded("del", "delta", "i"),
                map(tile("aq", "i", "d"), literal(0)),
                loop("j", true, block),
                store("dq", "aq", "i", "d"));
        return TileProgram.parallel(
                "dq", "gradient", List.of(axis("b"), axis("h"), axis("g"), axis("i")), body, List.of("by hand"));
    }

    private Tile tile(String name, String... axes) {
        return new Tile(name, DType.F32, List.of(axes).stream().map(this::axis).toList());
    }

    private static final Map<String, String[]> AXES = Map.of(
            "qs", new String[] {"i", "d"},
            "dos", new String[] {"i", "e"},
            "ks", new String[] {"j", "d"},
            "vs", new String[] {"j", "e"},
            "p", new String[] {"i", "j"},
            "ds", new String[] {"i", "j"});

    private TileExpr.Dot dot(String a, String b, String over, Annihilating zeros) {
        return new TileExpr.Dot(tile(a, AXES.get(a)), tile(b, AXES.get(b)), axis(over), zeros);
    }

    private TileStmt loop(String axis, boolean isMasked, List<TileStmt> body) {
        Optional<LoopMask> mask = isMasked ? Optional.of(new LoopMask(isVisible())) : Optional.empty();
        return TileStmt.Loop.over(axis(axis), LoopMode.SEQUENTIAL, mask, body);
    }

    private static TileStmt define(Tile tile, TileExpr value) {
        return new TileStmt.Define(tile, value);
    }

    private static TileStmt map(Tile tile, ScalarExpr program) {
        return define(tile, new TileExpr.Map(program));
    }

    private ScalarExpr isVisible() {
        return fn(ScalarFn.LE, ScalarExpr.of(axis("j")), ScalarExpr.of(axis("i")));
    }

    private TileStmt masked(String loop) {
        ScalarExpr visible = fn(ScalarFn.SELECT, isVisible(), value("p"), literal(0));
        TileStmt update = new TileStmt.Update(tile("p", "i", "j"), new TileExpr.Map(visible));
        return new TileStmt.Masked(LoopId.of(axis(loop)), List.of(update));
    }

    private ScalarExpr address(Buffer buffer, String... axes) {
        boolean ofQueries = !List.of("k", "v", "dk", "dv").contains(buffer.name());
        ScalarExpr key = ScalarExpr.of(axis("h"));
        ScalarExpr head = ofQueries
                ? fn(ScalarFn.ADD, fn(ScalarFn.MUL, key, ScalarExpr.of(groups)), ScalarExpr.of(axis("g")))
                : key;
        List<ScalarExpr> index = new ArrayList<>(List.of(ScalarExpr.of(axis("b")), head));
        List.of(axes).forEach(a -> index.add(ScalarExpr.of(axis(a))));
        return IndexSimplifier.address(buffer.type().shape(), index);
    }

    private TileStmt loaded(String tile, String buffer, String... axes) {
        Buffer from = inputs().get(buffer);
        return map(tile(tile, axes), new ScalarExpr.Element(from, address(from, axes)));
    }

    private TileStmt store(String buffer, String tile, String... axes) {
        Buffer to = gradient(buffer);
        return new TileStmt.Store(to, List.of(axes).stream().map(this::axis).toList(), address(to, axes), value(tile));
    }

    private static ScalarExpr value(String tile) {
        return new ScalarExpr.Variable(tile, DType.F32);
    }

    private static ScalarExpr literal(double value) {
        return new ScalarExpr.Literal(DType.F32, value);
    }

    private static ScalarExpr fn(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }

    private static ScalarExpr score() {
        ScalarExpr part = fn(ScalarFn.DIV, value("raw"), literal(8 * CAP));
        return fn(ScalarFn.MUL, literal(CAP), fn(ScalarFn.TANH, part));
    }

    private static ScalarExpr probability() {
        ScalarExpr shifted = fn(ScalarFn.EXP, fn(ScalarFn.SUB, score(), value("mx")));
        ScalarExpr isEmpty = fn(ScalarFn.EQ, value("sm"), literal(0));
        return fn(ScalarFn.SELECT, isEmpty, literal(0), fn(ScalarFn.DIV, shifted, value("sm")));
    }

    private static ScalarExpr scoreGradient() {
        ScalarExpr part = fn(ScalarFn.DIV, score(), literal(CAP));
        ScalarExpr slope = fn(
                ScalarFn.MUL,
                fn(ScalarFn.SUB, literal(1), part),
                fn(ScalarFn.DIV, fn(ScalarFn.ADD, literal(1), part), literal(8)));
        ScalarExpr change = fn(ScalarFn.MUL, value("p"), fn(ScalarFn.SUB, value("dp"), value("del")));
        ScalarExpr isNothing = fn(ScalarFn.EQ, value("p"), literal(0));
        return fn(ScalarFn.SELECT, isNothing, literal(0), fn(ScalarFn.MUL, change, slope));
    }
}
