package heddle.runtime.jvm;

import static heddle.runtime.jvm.Programs.address;
import static heddle.runtime.jvm.Programs.at;
import static heddle.runtime.jvm.Programs.fn;
import static heddle.runtime.jvm.Programs.literal;
import static heddle.runtime.jvm.Programs.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generated attention against its interpreter. A test is one class of many kernels, so that it compiles once. */
class AttentionKernelTest {
    private static final Bench.Tolerance CLOSE = new Bench.Tolerance(4e-6, 4e-6);

    @TempDir
    Path classes;

    private Bench bench;
    private int count;

    @BeforeEach
    void begin() {
        bench = new Bench(classes);
        count = 0;
    }

    /** Attention over {@code [heads, length, size]} tensors, to be varied. */
    private final class Setting {
        final DType type;
        final Axis h = new Axis("h", Dim.of(2));
        final Axis i;
        final Axis j;
        final Axis d;
        final Axis e;
        final ScalarExpr.Variable raw;
        final ScalarExpr.Variable acc;
        IntToDoubleFunction queries = Noise.of(++count);
        IntToDoubleFunction keys = Noise.of(++count);
        IntToDoubleFunction values = Noise.of(++count);

        Setting(DType type, long lengthQ, long lengthK, long sizeK, long sizeV) {
            this.type = type;
            i = new Axis("i", bench.length("Nq" + ++count, lengthQ));
            j = new Axis("j", bench.length("Nk" + ++count, lengthK));
            d = new Axis("d", Dim.of(sizeK));
            e = new Axis("e", Dim.of(sizeV));
            raw = variable("score", type);
            acc = variable("acc", type);
        }

        ScalarExpr scaled() {
            return fn(
                    ScalarFn.MUL,
                    raw,
                    new ScalarExpr.Literal(type, 1 / Math.sqrt(d.extent().value())));
        }

        Buffer input(IntToDoubleFunction data, Dim... shape) {
            return bench.input("in" + ++count, type, data, shape);
        }

        void add(ScalarExpr score, Optional<ScalarExpr> mask, Optional<ScalarExpr> weight) {
            add(score, mask, weight, Optional.empty());
        }

        void add(ScalarExpr score, Optional<ScalarExpr> mask, Optional<ScalarExpr> weight, Optional<ScalarExpr> sink) {
            Buffer q = input(queries, h.extent(), i.extent(), d.extent());
            Buffer k = input(keys, h.extent(), j.extent(), d.extent());
            Buffer v = input(values, h.extent(), j.extent(), e.extent());
            Buffer o = bench.output("out" + ++count, type, CLOSE, i.extent(), h.extent(), e.extent());
            Buffer lse = bench.output("lse" + ++count, type, CLOSE, h.extent(), i.extent());
            Attention attention = new Attention(
                    new AttentionDefinition(
                            List.of(h),
                            i,
                            j,
                            d,
                            e,
                            at(q, h, i, d),
                            at(k, h, j, d),
                            at(v, h, j, e),
                            Annihilating.NEITHER,
                            raw,
                            score,
                            mask,
                            weight,
                            sink,
                            0,
                            false),
                    List.of(
                            new Attention.Store(AttentionResult.Kind.OUTPUT, o, address(o, i, h, e)),
                            new Attention.Store(AttentionResult.Kind.LOG_SUM_EXP, lse, address(lse, h, i))));
            bench.kernel(attention);
        }

        void add(ScalarExpr score) {
            add(score, Optional.empty(), Optional.empty());
        }

        void addMasked(ScalarExpr mask) {
            add(scaled(), Optional.of(mask), Optional.empty());
        }
    }

    private Setting setting(long lengthQ, long lengthK, long sizeK, long sizeV) {
        return new Setting(DType.F32, lengthQ, lengthK, sizeK, sizeV);
    }

    private static ScalarExpr index(Axis axis) {
        return ScalarExpr.of(axis);
    }

    private static ScalarExpr causal(Setting s, ScalarExpr offset) {
        return fn(ScalarFn.LE, index(s.j), fn(ScalarFn.ADD, index(s.i), offset));
    }

    @Test
    void lengthsAndSizes() {
        long[][] shapes = {
            {1, 1, 1, 1}, {31, 127, 8, 8}, {33, 129, 80, 17}, {32, 128, 16, 40}, {5, 1021, 4, 4}, {130, 3, 7, 1}
        };
        for (long[] s : shapes) {
            Setting full = setting(s[0], s[1], s[2], s[3]);
            full.add(full.scaled());
            Setting masked = setting(s[0], s[1], s[2], s[3]);
            masked.addMasked(causal(masked, ScalarExpr.of(0)));
        }
        bench.check("shapes");
    }

    @Test
    void masksOfIndexes() {
        List<Function<Setting, ScalarExpr>> masks = List.of(
                s -> causal(s, fn(ScalarFn.SUB, ScalarExpr.of(s.j.extent()), ScalarExpr.of(s.i.extent()))),
                s -> fn(
                        ScalarFn.AND,
                        causal(s, ScalarExpr.of(0)),
                        fn(ScalarFn.GT, index(s.j), fn(ScalarFn.SUB, index(s.i), ScalarExpr.of(9)))),
                s -> fn(
                        ScalarFn.EQ,
                        fn(ScalarFn.FLOOR_DIV, index(s.i), ScalarExpr.of(50)),
                        fn(ScalarFn.FLOOR_DIV, index(s.j), ScalarExpr.of(50))),
                s -> fn(
                        ScalarFn.EQ,
                        fn(ScalarFn.MOD, fn(ScalarFn.SUB, index(s.i), index(s.j)), ScalarExpr.of(3)),
                        ScalarExpr.of(0)),
                s -> fn(ScalarFn.OR, fn(ScalarFn.LT, index(s.j), ScalarExpr.of(4)), causal(s, ScalarExpr.of(-2))),
                s -> fn(ScalarFn.LT, index(s.j), fn(ScalarFn.SUB, index(s.i), ScalarExpr.of(40))));
        for (Function<Setting, ScalarExpr> mask : masks) {
            Setting s = setting(150, 270, 6, 5);
            s.addMasked(mask.apply(s));
        }
        bench.check("masks");
    }

    @Test
    void masksAndBiasesOfData() {
        Setting padding = setting(40, 140, 8, 8);
        Buffer kept = bench.input("kept", DType.BOOL, i -> i % 5 == 0 ? 0 : 1, padding.h.extent(), padding.j.extent());
        padding.addMasked(at(kept, padding.h, padding.j));
        Setting lengths = setting(40, 140, 8, 8);
        Buffer length = bench.input("length", DType.I64, i -> i * 37, lengths.h.extent());
        lengths.addMasked(fn(ScalarFn.LT, index(lengths.j), at(length, lengths.h)));
        Setting additive = setting(40, 140, 8, 8);
        Buffer byKey =
                bench.input("byKey", DType.F32, i -> i % 7 == 0 ? Double.NEGATIVE_INFINITY : 0, additive.j.extent());
        additive.add(fn(ScalarFn.ADD, additive.scaled(), at(byKey, additive.j)));
        Setting table = setting(40, 140, 8, 8);
        Buffer both =
                bench.input("both", DType.F32, Noise.of(99), table.h.extent(), table.i.extent(), table.j.extent());
        table.add(fn(ScalarFn.ADD, table.scaled(), at(both, table.h, table.i, table.j)));
        bench.check("data");
    }

    @Test
    void scoreMathematics() {
        List<BiFunction<Setting, ScalarExpr, ScalarExpr>> scores = List.of(
                (s, x) -> fn(ScalarFn.MUL, literal(5), fn(ScalarFn.TANH, fn(ScalarFn.MUL, x, literal(0.2)))),
                (s, x) -> fn(
                        ScalarFn.SUB,
                        x,
                        fn(
                                ScalarFn.MUL,
                                literal(0.1),
                                ScalarExpr.cast(DType.F32, fn(ScalarFn.SUB, index(s.i), index(s.j))))),
                (s, x) -> fn(ScalarFn.SELECT, causal(s, ScalarExpr.of(0)), x, literal(-1e4)),
                (s, x) -> fn(ScalarFn.MUL, x, literal(1e4)));
        for (BiFunction<Setting, ScalarExpr, ScalarExpr> score : scores) {
            Setting s = setting(35, 150, 8, 8);
            s.add(score.apply(s, s.scaled()));
        }
        Setting dropped = setting(35, 150, 8, 8);
        Buffer weight = bench.input("weight", DType.F32, i -> i % 3, dropped.i.extent(), dropped.j.extent());
        dropped.add(dropped.scaled(), Optional.empty(), Optional.of(at(weight, dropped.i, dropped.j)));
        bench.check("scores");
    }

    @Test
    void infinitiesAndNaNStayWhereTheyAre() {
        Setting query = setting(70, 140, 8, 8);
        query.queries = i -> i == 3 * 8 + 1 ? Double.NaN : i == 40 * 8 ? Double.POSITIVE_INFINITY : (i % 11) * 0.1;
        query.add(query.scaled());
        Setting hidden = setting(70, 140, 8, 8);
        hidden.keys = i -> i / 8 % 140 >= 60 ? Double.NaN : (i % 13) * 0.1;
        hidden.values = i -> i / 8 % 140 >= 60 ? Double.POSITIVE_INFINITY : (i % 7) * 0.1;
        hidden.addMasked(fn(ScalarFn.LT, index(hidden.j), ScalarExpr.of(60)));
        Setting late = setting(140, 140, 8, 8);
        late.values = i -> i / 8 % 140 == 100 ? Double.NaN : (i % 7) * 0.1;
        late.addMasked(causal(late, ScalarExpr.of(0)));
        bench.check("not finite");
    }

    @Test
    void sinksTakeTheirShareOfARow() {
        Setting learned = setting(40, 140, 8, 8);
        Buffer sinks = bench.input("sinks", DType.F32, i -> i * 3 - 1, learned.h.extent());
        learned.add(learned.scaled(), Optional.empty(), Optional.empty(), Optional.of(at(sinks, learned.h)));
        Setting hidden = setting(40, 140, 8, 8);
        hidden.add(
                hidden.scaled(),
                Optional.of(fn(ScalarFn.LT, index(hidden.j), fn(ScalarFn.SUB, index(hidden.i), ScalarExpr.of(9)))),
                Optional.empty(),
                Optional.of(literal(0)));
        Setting none = setting(40, 140, 8, 8);
        Buffer some = bench.input(
                "some", DType.F32, i -> i % 3 == 0 ? Double.NEGATIVE_INFINITY : i, none.h.extent(), none.i.extent());
        none.add(
                none.scaled(),
                Optional.of(causal(none, ScalarExpr.of(-5))),
                Optional.empty(),
                Optional.of(at(some, none.h, none.i)));
        bench.check("sinks");
    }

    @Test
    void doublePrecision() {
        Setting s = new Setting(DType.F64, 37, 131, 16, 9);
        s.addMasked(causal(s, ScalarExpr.of(3)));
        bench.check("f64");
    }

    @Test
    void headsShareKeysAndLieBetweenPositions() {
        Dim heads = Dim.of(4);
        Axis h = new Axis("h", heads);
        Axis i = new Axis("i", bench.length("N", 45));
        Axis j = new Axis("j", i.extent());
        Axis d = new Axis("d", Dim.of(16));
        Axis e = new Axis("e", Dim.of(16));
        Buffer q = bench.input("q", DType.F32, Noise.of(1), i.extent(), heads, d.extent());
        Buffer kv = bench.input("kv", DType.F32, Noise.of(2), j.extent(), Dim.of(2), Dim.of(2), d.extent());
        Buffer o = bench.output("o", DType.F32, CLOSE, i.extent(), heads.times(e.extent()));
        ScalarExpr group = fn(ScalarFn.FLOOR_DIV, index(h), ScalarExpr.of(2));
        ScalarExpr k = at(kv, index(j), ScalarExpr.of(0), group, index(d));
        ScalarExpr v = at(kv, index(j), ScalarExpr.of(1), group, index(e));
        ScalarExpr column = fn(ScalarFn.ADD, fn(ScalarFn.MUL, index(h), ScalarExpr.of(16)), index(e));
        ScalarExpr.Variable raw = variable("score", DType.F32);
        Attention attention = new Attention(
                new AttentionDefinition(
                        List.of(h),
                        i,
                        j,
                        d,
                        e,
                        at(q, i, h, d),
                        k,
                        v,
                        Annihilating.NEITHER,
                        raw,
                        raw,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        1,
                        true),
                List.of(new Attention.Store(AttentionResult.Kind.OUTPUT, o, address(o, index(i), column))));
        bench.kernel(attention);
        bench.check("grouped heads");
    }

    @Test
    void threadsDoNotChangeResults() {
        Setting s = setting(200, 300, 8, 8);
        s.addMasked(causal(s, ScalarExpr.of(0)));
        var one = bench.run(16, 1);
        var many = bench.run(16, 7);
        one.forEach((name, tensor) -> {
            for (int at = 0; at < 200 * 2; at++) {
                assertEquals(tensor.element(at), many.get(name).element(at), name + "[" + at + "]");
            }
        });
    }
}
