package heddle.runtime.jvm;

import static heddle.compiler.scalar.ScalarFn.ADD;
import static heddle.compiler.scalar.ScalarFn.EXP;
import static heddle.compiler.scalar.ScalarFn.FLOOR_DIV;
import static heddle.compiler.scalar.ScalarFn.LE;
import static heddle.compiler.scalar.ScalarFn.LT;
import static heddle.compiler.scalar.ScalarFn.MIN;
import static heddle.compiler.scalar.ScalarFn.MOD;
import static heddle.compiler.scalar.ScalarFn.MUL;
import static heddle.compiler.scalar.ScalarFn.NE;
import static heddle.compiler.scalar.ScalarFn.SELECT;
import static heddle.compiler.scalar.ScalarFn.SUB;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExpr.Literal;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.jvm.Bench.Tolerance;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways in which maps reach memory, for rows shorter than, as long as and longer than vectors. */
class MapKernelTest {
    private static final long[] ROWS = {1, 3, 15, 16, 17, 40, 1021};

    @TempDir
    static Path classes;

    private Bench bench;
    private Axis i;
    private Axis c;
    private ScalarExpr row;

    private void lengths(long rows, long columns) {
        bench = new Bench(classes);
        i = new Axis("i", bench.length("N", rows));
        c = new Axis("c", bench.length("C", columns));
        row = at(i, c);
    }

    private static ScalarExpr fn(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }

    /** The address of {@code [outer, inner]}. */
    private static ScalarExpr at(Axis outer, Axis inner) {
        return fn(ADD, fn(MUL, ScalarExpr.of(outer), ScalarExpr.of(inner.extent())), ScalarExpr.of(inner));
    }

    private Buffer input(String name, Dim... shape) {
        return bench.input(name, DType.F32, k -> Math.sin(k) * 3, shape);
    }

    private void map(String name, ScalarExpr body) {
        Tolerance tolerance = body.type().isFloat() ? new Tolerance(1e-6, 1e-6) : Tolerance.EXACT;
        Buffer y = bench.output(name, body.type(), tolerance, i.extent(), c.extent());
        bench.kernel(new MapFamily(List.of(i, c), y, row, body));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 15, 16, 17, 40, 1021})
    void reachesMemory(long columns) {
        lengths(5, columns);
        Buffer x = input("x", i.extent(), c.extent());
        Buffer perRow = input("perRow", i.extent());
        Buffer perColumn = input("perColumn", c.extent());
        Buffer flipped = input("flipped", c.extent(), i.extent());
        Buffer pairs = input("pairs", i.extent(), c.extent(), Dim.of(3));
        Buffer chosen = bench.input("chosen", DType.I64, k -> k * 7 % 5, c.extent());
        Buffer rows = bench.input("rows", DType.I64, k -> 4 - k, i.extent());
        Buffer flags = bench.input("flags", DType.BOOL, k -> k % 3 == 0 ? 1 : 0, i.extent(), c.extent());
        ScalarExpr element = new Element(x, row);
        map("broadcast", fn(ADD, element, fn(MUL, element(perRow, i), element(perColumn, c))));
        map("transposed", fn(EXP, new Element(flipped, at(c, i))));
        ScalarExpr third = fn(ADD, fn(MUL, row, ScalarExpr.of(3)), ScalarExpr.of(1));
        map("strided", fn(SUB, element, new Element(pairs, third)));
        ScalarExpr last = fn(SUB, ScalarExpr.of(c.extent()), ScalarExpr.of(1));
        ScalarExpr mirrored =
                fn(SUB, fn(ADD, fn(MUL, ScalarExpr.of(i), ScalarExpr.of(c.extent())), last), ScalarExpr.of(c));
        map("reversed", fn(ADD, element, new Element(x, mirrored)));
        ScalarExpr picked = fn(MIN, element(chosen, c), ScalarExpr.of(4));
        map("gathered", fn(ADD, element, new Element(perRow, picked)));
        ScalarExpr wholeRow = fn(ADD, fn(MUL, element(rows, i), ScalarExpr.of(c.extent())), ScalarExpr.of(c));
        map("rowsGathered", fn(EXP, new Element(x, wholeRow)));
        map("flagged", fn(SELECT, new Element(flags, row), element, fn(MUL, element, element)));
        map("counted", fn(ADD, ScalarExpr.cast(DType.F32, fn(FLOOR_DIV, row, ScalarExpr.of(3))), element));
        map("integers", fn(MOD, fn(MUL, row, ScalarExpr.of(-5)), ScalarExpr.of(7)));
        map("wide", fn(MUL, ScalarExpr.cast(DType.F64, element), new Literal(DType.F64, 1.5)));
        map("bools", fn(ScalarFn.GT, element, element(perColumn, c)));
        bench.check("columns " + columns);
    }

    private static ScalarExpr element(Buffer buffer, Axis axis) {
        return new Element(buffer, ScalarExpr.of(axis));
    }

    /** Only the side of a select that its condition picks may be read: the other lies outside the buffer. */
    @ParameterizedTest
    @ValueSource(longs = {1, 3, 15, 16, 17, 40, 1021})
    void readsNothingOutsideBuffers(long columns) {
        lengths(6, columns);
        input("lengthOfC", c.extent());
        Buffer first = input("first", i.extent(), Dim.of(1));
        Buffer rest = input("rest", i.extent(), c.extent().minus(1));
        ScalarExpr column = ScalarExpr.of(c);
        ScalarExpr inRest = fn(
                SUB, fn(ADD, fn(MUL, ScalarExpr.of(i), ScalarExpr.of(c.extent().minus(1))), column), ScalarExpr.of(1));
        ScalarExpr isFirst = fn(LT, column, ScalarExpr.of(1));
        map("concat", fn(SELECT, isFirst, element(first, i), new Element(rest, inRest)));
        Buffer small = bench.input("small", DType.F32, k -> k, Dim.of(2), Dim.of(9));
        ScalarExpr inside = fn(
                ScalarFn.AND,
                fn(LT, ScalarExpr.of(i), ScalarExpr.of(2)),
                fn(LT, fn(SUB, column, ScalarExpr.of(2)), ScalarExpr.of(9)));
        inside = fn(ScalarFn.AND, inside, fn(LE, ScalarExpr.of(2), column));
        ScalarExpr inSmall = fn(SUB, fn(ADD, fn(MUL, ScalarExpr.of(i), ScalarExpr.of(9)), column), ScalarExpr.of(2));
        map("pad", fn(SELECT, inside, fn(EXP, new Element(small, inSmall)), new Literal(DType.F32, -1)));
        Buffer table = bench.input(
                "table", DType.I64, k -> k % 4, i.extent(), c.extent().minus(1));
        ScalarExpr masked = fn(NE, new Element(table, inRest), ScalarExpr.of(0));
        map(
                "nested",
                fn(
                        SELECT,
                        isFirst,
                        new Literal(DType.F32, 2),
                        fn(SELECT, masked, new Element(rest, inRest), element(first, i))));
        bench.check("columns " + columns);
    }

    @Test
    void comparesIndexesWithIndexes() {
        for (long columns : ROWS) {
            lengths(19, columns);
            Buffer x = input("x", i.extent(), c.extent());
            ScalarExpr low = new Literal(DType.F32, Double.NEGATIVE_INFINITY);
            for (ScalarFn compare : List.of(ScalarFn.LT, LE, ScalarFn.GT, ScalarFn.GE, ScalarFn.EQ, NE)) {
                ScalarExpr shifted =
                        fn(ADD, ScalarExpr.of(i), ScalarExpr.of(c.extent().minus(i.extent())));
                map("causal" + compare, fn(SELECT, fn(compare, ScalarExpr.of(c), shifted), new Element(x, row), low));
                ScalarExpr falling = fn(SUB, ScalarExpr.of(5), ScalarExpr.of(c));
                map("falling" + compare, fn(SELECT, fn(compare, falling, ScalarExpr.of(i)), new Element(x, row), low));
            }
            bench.check("columns " + columns);
        }
    }

    @Test
    void storesSixteenBitsRounded() {
        lengths(3, 37);
        for (DType type : List.of(DType.F16, DType.BF16)) {
            Buffer x = bench.input("x" + type, type, k -> Math.sin(k) * 3, i.extent(), c.extent());
            ScalarExpr element = new Element(x, row);
            map("product" + type, fn(MUL, element, element));
            ScalarExpr wide = ScalarExpr.cast(DType.F32, element);
            ScalarExpr narrowed = ScalarExpr.cast(type, fn(MUL, wide, new Literal(DType.F32, 1.001)));
            map("difference" + type, fn(SUB, ScalarExpr.cast(DType.F32, narrowed), wide));
        }
        bench.check("sixteen bits");
    }

    @Test
    void scalarsAndEmptyTensors() {
        lengths(0, 4);
        Buffer x = input("x", i.extent(), c.extent());
        map("empty", fn(ADD, new Element(x, row), new Element(x, row)));
        Buffer one = input("one");
        Buffer two = bench.output("two", DType.F32, Tolerance.EXACT);
        ScalarExpr element = new Element(one, ScalarExpr.of(0));
        bench.kernel(new MapFamily(List.of(), two, ScalarExpr.of(0), fn(ADD, element, element)));
        bench.check("no elements and one");
    }

    /** Names that a model may give and that mean something in generated Java. */
    @Test
    void namesOfJavaAreNamesLikeOthers() {
        bench = new Bench(classes);
        i = new Axis("from", bench.length("F", 3));
        c = new Axis("class", bench.length("Math", 20));
        row = at(i, c);
        Buffer x = input("FloatVector", i.extent(), c.extent());
        Buffer f = input("F_", bench.length("long", 3));
        map("block", fn(ADD, fn(EXP, new Element(x, row)), element(f, i)));
        map("I", ScalarExpr.cast(DType.F64, fn(MUL, ScalarExpr.of(c.extent()), ScalarExpr.of(c))));
        bench.check("names");
    }

    @Test
    void blocksOfTheLastAxisFitTogether() {
        lengths(2, 1021);
        Buffer x = input("x", i.extent(), c.extent());
        Buffer y = bench.output("y", DType.F32, new Tolerance(1e-6, 1e-6), i.extent(), c.extent());
        MapFamily exp = new MapFamily(List.of(i, c), y, row, fn(EXP, new Element(x, row)));
        bench.kernel(exp, KernelSchedule.blocks(Map.of("c", 100)));
        bench.check("blocks of 100");
    }

    @Test
    void kernelsThatDifferInBuffersShareAMethod() {
        lengths(4, 20);
        Buffer a = input("a", i.extent(), c.extent());
        Buffer b = input("b", i.extent(), c.extent());
        map("fromA", fn(EXP, new Element(a, row)));
        map("fromB", fn(EXP, new Element(b, row)));
        map("other", fn(ADD, new Element(b, row), new Element(b, row)));
        var calls = bench.program(8, 1).source().launches();
        assertEquals(List.of(0, 0, 1), calls.stream().map(call -> call.entry()).toList());
        bench.check("shared method");
    }
}
