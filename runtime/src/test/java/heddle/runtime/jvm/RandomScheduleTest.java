package heddle.runtime.jvm;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.schedule.FamilySchedules;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.AttentionGradients;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.tile.family.ScatterFamily;
import heddle.compiler.tile.family.SplitAttention;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.jvm.Bench.Tolerance;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kernels of every family under schedules that no policy chose: other blocks, orders and places. Results are those of plain loops, and
 * the writer knows nothing of it. {@code -Dheddle.schedules=10000} runs more.
 */
class RandomScheduleTest {
    private static final Tolerance CLOSE = new Tolerance(2e-5, 2e-5);
    private static final int KERNELS = 6;

    @TempDir
    static Path classes;

    private int count;
    private Bench bench;
    private Random random;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, Math.max(1, Long.getLong("heddle.schedules", 1008) / (4 * KERNELS)));
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("seeds")
    void anyLegalScheduleMeansTheSame(long seed) {
        random = new Random(seed);
        bench = new Bench(classes);
        for (int n = 0; n < KERNELS; n++) {
            add(map());
            add(rows());
            add(product());
            add(attention());
        }
        bench.check("seed " + seed);
    }

    private void add(Family family) {
        ProgramFacts facts = new ProgramFacts(family.program("kernel", List.of()));
        KernelSchedule schedule = drawn(family);
        SchedulePolicy.PROCESSOR.verify(new TileKernel(facts.program(), schedule), facts);
        bench.kernel(family, schedule);
    }

    /** What a policy chooses, with other choices of the same kinds. */
    private KernelSchedule drawn(Family family) {
        KernelSchedule usual = SchedulePolicy.PROCESSOR.schedule(family);
        KernelSchedule schedule = switch (family) {
            case MapFamily m -> usual.with(FamilySchedules.cut(m.axes().getLast(), 2 + random.nextInt(300)));
            case ScatterFamily x -> usual.with(FamilySchedules.cut(x.owners().getLast(), 2 + random.nextInt(100)));
            case RowFamily r ->
                r.runsAcross()
                        ? usual.with(FamilySchedules.cut(r.rows().getLast(), lanes()))
                        : usual.with(new Choice.Unroll("sum", "r", 1 + random.nextInt(8)));
            case Contraction c ->
                unrolled(
                        placed(
                                usual.with(FamilySchedules.cut(c.m(), 2 + random.nextInt(100)))
                                        .with(FamilySchedules.cut(c.n(), lanes()))
                                        .with(FamilySchedules.cut(c.k(), 2 + random.nextInt(60)))
                                        .with(new Choice.Band(LoopId.of(c.m()), 1 + random.nextInt(4))),
                                "left"),
                        "acc",
                        "m");
            case SplitAttention s -> usual;
            case AttentionGradients g -> usual;
            case Attention a ->
                unrolled(
                        unrolled(
                                placed(
                                        usual.with(FamilySchedules.cut(a.i(), lanes()))
                                                .with(FamilySchedules.cut(a.j(), 2 + random.nextInt(200)))
                                                .with(new Choice.Order(
                                                        LoopId.of(a.i()),
                                                        random.nextBoolean()
                                                                ? Choice.Direction.UP
                                                                : Choice.Direction.DOWN)),
                                        "k",
                                        "v"),
                                "score",
                                "j"),
                        "acc",
                        "e");
        };
        return trimmed(schedule).with(new Choice.Grain(1 + random.nextInt(6)));
    }

    /** Other register blocks: any rows that find registers, and one or two vectors where blocks of all lanes have two. */
    private KernelSchedule unrolled(KernelSchedule schedule, String sums, String rows) {
        String lane = sums.equals("acc") && rows.equals("m") ? "n" : "i";
        return schedule.with(new Choice.Unroll(sums, rows, 1 + random.nextInt(10)))
                .with(new Choice.Unroll(sums, lane, 1));
    }

    private KernelSchedule trimmed(KernelSchedule schedule) {
        KernelSchedule changed = schedule;
        for (Choice c : schedule.choices()) {
            if (c instanceof Choice.Trim t) {
                changed = changed.with(new Choice.Trim(t.loop(), 1 + random.nextInt(40)));
            }
            if (c instanceof Choice.Bind b && b.chain().getFirst().level() == Choice.Level.REGISTER) {
                var vectors = new Choice.Factor(Choice.Level.REGISTER, 1 + random.nextInt(4));
                changed = changed.with(
                        new Choice.Bind(b.axis(), List.of(vectors, b.chain().getLast())));
            }
        }
        return changed;
    }

    /** What the policy takes as blocks along lanes. */
    private int lanes() {
        return 16 << random.nextInt(3);
    }

    private KernelSchedule placed(KernelSchedule schedule, String... operands) {
        KernelSchedule changed = schedule;
        for (String operand : operands) {
            if (random.nextBoolean()) {
                changed = changed.with(new Choice.Place(operand, TilePlace.LOCAL));
            }
        }
        return changed;
    }

    private Axis axis(String name, int most) {
        return new Axis(name, bench.length("L" + ++count, 1 + random.nextInt(most)));
    }

    private Buffer input(Axis... axes) {
        Random own = new Random(random.nextLong());
        return bench.input("in" + ++count, DType.F32, n -> own.nextGaussian(), extents(axes));
    }

    private Buffer output(Axis... axes) {
        return bench.output("out" + ++count, DType.F32, CLOSE, extents(axes));
    }

    private static Dim[] extents(Axis... axes) {
        return List.of(axes).stream().map(Axis::extent).toArray(Dim[]::new);
    }

    private static ScalarExpr address(Buffer buffer, Axis... index) {
        return IndexSimplifier.address(
                buffer.type().shape(),
                List.of(index).stream().map(ScalarExpr::of).toList());
    }

    private static ScalarExpr at(Buffer buffer, Axis... index) {
        return new ScalarExpr.Element(buffer, address(buffer, index));
    }

    private static ScalarExpr fn(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }

    private MapFamily map() {
        Axis r = axis("r", 5);
        Axis c = axis("c", 700);
        Buffer y = output(r, c);
        return new MapFamily(List.of(r, c), y, address(y, r, c), fn(ScalarFn.TANH, at(input(r, c), r, c)));
    }

    /** Sums along rows or, when memory is contiguous across them, down columns. */
    private RowFamily rows() {
        Axis n = axis("n", 90);
        Axis r = axis("r", 70);
        boolean across = random.nextBoolean();
        ScalarExpr element = across ? at(input(r, n), r, n) : at(input(n, r), n, r);
        Buffer y = output(n);
        var sum = new ScalarExpr.Variable("sum", DType.F32);
        return new RowFamily(
                List.of(n),
                r,
                List.of(new RowFamily.Step(sum, Optional.of(Reduction.SUM), element)),
                List.of(new RowFamily.Write(y, false, address(y, n), sum)));
    }

    private Contraction product() {
        Axis m = axis("m", 120);
        Axis n = axis("n", 120);
        Axis k = axis("k", 90);
        Buffer y = output(m, n);
        var acc = new ScalarExpr.Variable("acc", DType.F32);
        return new Contraction(
                List.of(),
                m,
                n,
                k,
                at(input(m, k), m, k),
                at(input(k, n), k, n),
                Annihilating.NEITHER,
                acc,
                acc,
                y,
                address(y, m, n));
    }

    private Attention attention() {
        Axis h = axis("h", 3);
        Axis i = axis("i", 100);
        Axis j = axis("j", 300);
        Axis d = new Axis("d", Dim.of(List.of(1, 8, 40, 64).get(random.nextInt(4))));
        Axis e = new Axis("e", Dim.of(List.of(1, 8, 40, 64).get(random.nextInt(4))));
        Buffer o = output(h, i, e);
        var raw = new ScalarExpr.Variable("score", DType.F32);
        ScalarExpr causal = fn(ScalarFn.LE, ScalarExpr.of(j), ScalarExpr.of(i));
        return new Attention(
                new AttentionDefinition(
                        List.of(h),
                        i,
                        j,
                        d,
                        e,
                        at(input(h, i, d), h, i, d),
                        at(input(h, j, d), h, j, d),
                        at(input(h, j, e), h, j, e),
                        Annihilating.NEITHER,
                        raw,
                        fn(ScalarFn.MUL, raw, new ScalarExpr.Literal(DType.F32, 0.2)),
                        random.nextBoolean() ? Optional.of(causal) : Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        false),
                List.of(new Attention.Store(AttentionResult.Kind.OUTPUT, o, address(o, h, i, e))));
    }
}
