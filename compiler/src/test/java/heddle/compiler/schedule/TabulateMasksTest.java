package heddle.compiler.schedule;

import static heddle.compiler.scalar.ScalarExpr.apply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.index.BlockMask;
import heddle.compiler.index.BlockTable;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.FamilyInterpreter;
import heddle.compiler.tile.proof.AddressProof;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.LengthFacts;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Blocks under masks that read data are empty, full or partial as a look at every element says. */
class TabulateMasksTest {
    private static final int QUERIES = 4;
    private static final int KEYS = 8;
    private static final AddressProof ADDRESSES = new AddressProof(LengthFacts.none());
    private static final KernelSchedule PLAN = KernelSchedule.blocks(Map.of("i", QUERIES, "j", KEYS));
    private static final Axis B = new Axis("b", Dim.of(2));
    private static final Axis H = new Axis("h", Dim.of(8));
    private static final Axis I = new Axis("i", Dim.symbol("N"));
    private static final Axis J = new Axis("j", Dim.symbol("M"));
    private static final Axis D = new Axis("d", Dim.of(4));

    private static final ScalarExpr PADDING = element("padding", DType.I64, B, J);
    private static final ScalarExpr REAL = apply(ScalarFn.EQ, PADDING, ScalarExpr.of(1));
    private static final ScalarExpr KEPT = element("kept", DType.BOOL, I);
    private static final ScalarExpr ALLOWED = element("allowed", DType.BOOL, I, J);
    private static final ScalarExpr FROM = element("from", DType.I64, B, I);
    private static final ScalarExpr TO = element("to", DType.I64, B, J);
    private static final ScalarExpr HEIGHT = element("height", DType.F32, I);
    private static final ScalarExpr DEPTH = element("depth", DType.F32, J);
    private static final ScalarExpr LENGTH = element("length", DType.I64, B);
    private static final ScalarExpr CAUSAL = apply(ScalarFn.LE, ScalarExpr.of(J), ScalarExpr.of(I));

    private static ScalarExpr element(String name, DType type, Axis... axes) {
        Shape shape = new Shape(Arrays.stream(axes).map(Axis::extent).toList());
        List<ScalarExpr> index = Arrays.stream(axes).map(ScalarExpr::of).toList();
        return new ScalarExpr.Element(
                new Buffer(name, new TensorType(type, shape)), IndexSimplifier.address(shape, index));
    }

    private static ScalarExpr and(ScalarExpr x, ScalarExpr y) {
        return apply(ScalarFn.AND, x, y);
    }

    private static Attention attention(ScalarExpr mask) {
        ScalarExpr.Variable score = new ScalarExpr.Variable("score", DType.F32);
        ScalarExpr.Element o = (ScalarExpr.Element) element("o", DType.F32, B, H, I, D);
        return new Attention(
                new AttentionDefinition(
                        List.of(B, H),
                        I,
                        J,
                        D,
                        D,
                        element("q", DType.F32, B, H, I, D),
                        element("k", DType.F32, B, H, J, D),
                        element("v", DType.F32, B, H, J, D),
                        Annihilating.NEITHER,
                        score,
                        score,
                        Optional.of(mask),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        false),
                List.of(new Attention.Store(AttentionResult.Kind.OUTPUT, o.buffer(), o.address())));
    }

    /** A mask, the tables made for it, and data. */
    private static final class Setting {
        final long n;
        final long m;
        final Map<Buffer, double[]> memory = new HashMap<>();
        final List<BlockTable> tables;
        final ScalarExpr mask;

        Setting(ScalarExpr mask, long n, long m) {
            this.mask = mask;
            this.n = n;
            this.m = m;
            List<Launch> launches = new ArrayList<>();
            tables = new TabulateMasks(name -> name + "_" + launches.size(), ADDRESSES)
                    .of(attention(mask), () -> PLAN, "a", launches::add);
            this.launches = launches;
        }

        final List<Launch> launches;

        Map<String, Long> lengths() {
            return Map.of("N", n, "M", m);
        }

        Setting fill(ScalarExpr element, LongToDoubleFunction value) {
            Buffer buffer = ((ScalarExpr.Element) element).buffer();
            double[] data = new double[(int) buffer.type().shape().size().evaluate(lengths())];
            Arrays.setAll(data, at -> value.applyAsDouble(at));
            memory.put(buffer, data);
            return this;
        }

        Setting fillAll(Random random, boolean sorted) {
            return fill(PADDING, at -> at % m < m / 2 ? 1 : random.nextInt(3))
                    .fill(KEPT, at -> random.nextInt(4) == 0 ? 1 : 0)
                    .fill(ALLOWED, at -> at / m / QUERIES % 3 == 0 ? 1 : at % m / KEYS % 2 == 0 ? 0 : random.nextInt(2))
                    .fill(FROM, at -> sorted ? at % n / 5 : random.nextInt(4))
                    .fill(TO, at -> sorted ? at % m / 5 : random.nextInt(4))
                    .fill(HEIGHT, at -> random.nextInt(5) == 0 ? Double.NaN : random.nextGaussian())
                    .fill(DEPTH, at -> random.nextInt(5) == 0 ? Double.NaN : random.nextGaussian() + 3)
                    .fill(LENGTH, at -> random.nextInt((int) m + 1));
        }

        /** A letter for each block: of batches, heads, queries, keys. */
        String claimed() {
            tabulate();
            ScalarExpr.Variable i = new ScalarExpr.Variable("iFrom", DType.I64);
            ScalarExpr.Variable j = new ScalarExpr.Variable("jFrom", DType.I64);
            ScalarEvaluator evaluator = new ScalarEvaluator(memory::get, lengths());
            BlockMask found = BlockMask.of(
                    mask,
                    Map.of(I, new BlockMask.Range(i, last(i, QUERIES, I)), J, new BlockMask.Range(j, last(j, KEYS, J))),
                    tables);
            List.of(B, H).forEach(evaluator::slot);
            List.of(i, j).forEach(evaluator::slot);
            ScalarEvaluator.Code everywhere = evaluator.code(found.everywhere());
            ScalarEvaluator.Code somewhere = evaluator.code(found.somewhere());
            double[] frame = evaluator.frame();
            return blocks((b, h, iFrom, jFrom) -> {
                frame[evaluator.slot(B)] = b;
                frame[evaluator.slot(H)] = h;
                frame[evaluator.slot(i)] = iFrom;
                frame[evaluator.slot(j)] = jFrom;
                return somewhere.run(frame) == 0 ? 'E' : everywhere.run(frame) != 0 ? 'F' : 'P';
            });
        }

        private static ScalarExpr last(ScalarExpr first, long size, Axis axis) {
            ScalarExpr end =
                    apply(ScalarFn.MIN, apply(ScalarFn.ADD, first, ScalarExpr.of(size)), ScalarExpr.of(axis.extent()));
            return apply(ScalarFn.SUB, end, ScalarExpr.of(1));
        }

        private void tabulate() {
            for (Launch launch : launches) {
                for (Buffer table : launch.outputs()) {
                    memory.put(
                            table, new double[(int) table.type().shape().size().evaluate(lengths())]);
                }
                new FamilyInterpreter(memory, lengths()).run(launch.family());
            }
        }

        String inspected() {
            ScalarEvaluator evaluator = new ScalarEvaluator(memory::get, lengths());
            List.of(B, H, I, J).forEach(evaluator::slot);
            ScalarEvaluator.Code code = evaluator.code(mask);
            double[] frame = evaluator.frame();
            return blocks((b, h, iFrom, jFrom) -> {
                frame[evaluator.slot(B)] = b;
                frame[evaluator.slot(H)] = h;
                long trues = 0;
                long all = 0;
                for (long i = iFrom; i < Math.min(n, iFrom + QUERIES); i++) {
                    for (long j = jFrom; j < Math.min(m, jFrom + KEYS); j++) {
                        frame[evaluator.slot(I)] = i;
                        frame[evaluator.slot(J)] = j;
                        trues += code.run(frame) != 0 ? 1 : 0;
                        all++;
                    }
                }
                return trues == 0 ? 'E' : trues == all ? 'F' : 'P';
            });
        }

        private interface Block {
            char kind(long b, long h, long iFrom, long jFrom);
        }

        private String blocks(Block block) {
            StringBuilder kinds = new StringBuilder();
            for (long b = 0; b < 2; b++) {
                for (long h = 0; h < 8; h += 7) {
                    for (long i = 0; i < n; i += QUERIES) {
                        for (long j = 0; j < m; j += KEYS) {
                            kinds.append(block.kind(b, h, i, j));
                        }
                        kinds.append(' ');
                    }
                }
            }
            return kinds.toString();
        }
    }

    private static List<ScalarExpr> parts(ScalarExpr mask) {
        return MaskParts.of(attention(mask), ADDRESSES);
    }

    @Test
    void tablesAreOfWhatReadsMemory() {
        assertEquals(List.of(REAL), parts(and(CAUSAL, REAL)));
        assertEquals(List.of(FROM, TO), parts(apply(ScalarFn.EQ, FROM, TO)));
        assertEquals(List.of(TO), parts(apply(ScalarFn.LT, TO, ScalarExpr.of(I))));
        assertEquals(List.of(ALLOWED, REAL), parts(apply(ScalarFn.OR, ALLOWED, apply(ScalarFn.NOT, REAL))));
        assertEquals(List.of(), parts(CAUSAL));
        assertEquals(List.of(), parts(apply(ScalarFn.LT, ScalarExpr.of(J), LENGTH)), "one length is all over a block");
    }

    @Test
    void aTableOfPairsNeedsHeadsThatShareIt() {
        assertEquals(List.of(ALLOWED), parts(ALLOWED));
        ScalarExpr ofEachHead = element("each", DType.BOOL, B, H, I, J);
        assertEquals(List.of(), parts(ofEachHead));
        assertEquals(List.of(REAL), parts(and(ofEachHead, REAL)));
    }

    /** A table is filled from all indexes of a block. */
    @Test
    void aChoiceWithASideThatMayNotBeReadEverywhereIsOnePart() {
        Dim few = Dim.symbol("S");
        Buffer buffer = new Buffer("few", new TensorType(DType.BOOL, new Shape(List.of(I.extent(), few))));
        ScalarExpr address =
                IndexSimplifier.address(buffer.type().shape(), List.of(ScalarExpr.of(I), ScalarExpr.of(J)));
        ScalarExpr padded = apply(
                ScalarFn.SELECT,
                apply(ScalarFn.LT, ScalarExpr.of(J), ScalarExpr.of(few)),
                new ScalarExpr.Element(buffer, address),
                ScalarExpr.zero(DType.BOOL));
        assertEquals(List.of(padded), parts(padded));
        assertEquals(List.of(padded, REAL), parts(and(padded, REAL)));
        assertEquals(List.of(ALLOWED, REAL), parts(apply(ScalarFn.SELECT, CAUSAL, ALLOWED, REAL)));
    }

    @Test
    void attentionsShareTables() {
        List<Launch> launches = new ArrayList<>();
        TabulateMasks tables = new TabulateMasks(name -> name + "_" + launches.size(), ADDRESSES);
        List<BlockTable> first = tables.of(attention(and(CAUSAL, REAL)), () -> PLAN, "a", launches::add);
        assertEquals(first, tables.of(attention(REAL), () -> PLAN, "a", launches::add));
        assertEquals(1, launches.size());
        tables.of(
                attention(REAL), () -> KernelSchedule.blocks(Map.of("i", QUERIES, "j", 2 * KEYS)), "a", launches::add);
        assertEquals(2, launches.size(), "blocks of another size have another table");
    }

    @Test
    void whatBlocksAreNarrowedByHasATableOfItsOwn() {
        assertEquals(
                List.of(List.of(1, QUERIES), List.of(1, KEYS), List.of(1, 2)),
                blocks(apply(ScalarFn.EQ, FROM, TO), 2),
                "documents along queries; along keys, for blocks and for steps");
        assertEquals(List.of(List.of(1, KEYS)), blocks(REAL, KEYS), "a step is a block");
        assertEquals(List.of(List.of(1, KEYS)), blocks(REAL, 3), "steps do not divide a block");
        assertEquals(List.of(List.of(QUERIES, KEYS)), blocks(ALLOWED, 2), "pairs are looked at once");
    }

    private static List<List<Integer>> blocks(ScalarExpr mask, int step) {
        KernelSchedule narrowed = PLAN.with(new Choice.Trim(LoopId.of(J), step));
        return new TabulateMasks(name -> name, ADDRESSES)
                .of(attention(mask), () -> narrowed, "a", launch -> {}).stream()
                        .map(BlockTable::blocks)
                        .toList();
    }

    @Test
    void paddingIsFoundWhereverItIs() {
        for (ScalarExpr mask : List.of(REAL, and(CAUSAL, REAL), apply(ScalarFn.NOT, REAL))) {
            for (long padded : new long[] {0, 3, 4}) {
                // Keys of block `padded` and all of the second batch are padding, and half of block 1.
                Setting setting = new Setting(mask, 31, 39)
                        .fill(PADDING, at -> at >= 39 || at / KEYS == padded || at / KEYS == 1 && at % 2 == 0 ? 0 : 1);
                assertEquals(setting.inspected(), setting.claimed(), mask + ", padded block " + padded);
            }
        }
    }

    @Test
    void sortedDocumentsAreTakenApart() {
        Setting setting = new Setting(apply(ScalarFn.EQ, FROM, TO), 30, 41).fillAll(new Random(3), true);
        assertEquals(setting.inspected(), setting.claimed());
        assertTrue(setting.claimed().contains("E"));
    }

    @Test
    void pairsAreFound() {
        Setting setting = new Setting(and(ALLOWED, KEPT), 30, 41).fillAll(new Random(4), true);
        assertTrue(setting.claimed().contains("E") && setting.claimed().contains("P"), setting.claimed());
        Setting alone = new Setting(ALLOWED, 30, 41).fillAll(new Random(4), true);
        assertEquals(alone.inspected(), alone.claimed());
    }

    @Test
    void neverWrongForRandomMasks() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ScalarExpr mask = condition(random, 3);
            Setting setting = new Setting(mask, 1 + random.nextInt(20), 1 + random.nextInt(30))
                    .fillAll(random, random.nextBoolean());
            String claimed = setting.claimed();
            String inspected = setting.inspected();
            for (int at = 0; at < claimed.length(); at++) {
                if (claimed.charAt(at) != 'P') {
                    assertEquals(inspected.charAt(at), claimed.charAt(at), "seed " + seed + ": " + mask);
                }
            }
        }
    }

    private static ScalarExpr condition(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 8 : 13);
        return switch (kind) {
            case 0 -> REAL;
            case 1 -> KEPT;
            case 2 -> ALLOWED;
            case 3 -> apply(ScalarFn.EQ, FROM, TO);
            case 4 -> apply(ScalarFn.LT, TO, apply(ScalarFn.SUB, ScalarExpr.of(I), FROM));
            case 5 -> apply(ScalarFn.GT, HEIGHT, DEPTH);
            case 6 -> apply(ScalarFn.LT, ScalarExpr.of(J), LENGTH);
            case 7 -> CAUSAL;
            case 8 -> apply(ScalarFn.NOT, condition(random, depth - 1));
            case 9 -> apply(ScalarFn.OR, condition(random, depth - 1), condition(random, depth - 1));
            case 10 -> apply(ScalarFn.EQ, condition(random, depth - 1), condition(random, depth - 1));
            case 11 ->
                apply(
                        ScalarFn.SELECT,
                        condition(random, depth - 1),
                        condition(random, depth - 1),
                        condition(random, depth - 1));
            default -> and(condition(random, depth - 1), condition(random, depth - 1));
        };
    }
}
