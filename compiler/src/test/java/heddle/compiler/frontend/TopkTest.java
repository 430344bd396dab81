package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.type.DType;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The greatest elements are those that sorting gives, of equal ones the first, however they are looked for. */
class TopkTest {
    private static final long SEED = 20287;

    @ParameterizedTest
    @CsvSource({
        "20, 20, true",
        "20, 20, false",
        "200, 1, true",
        "200, 8, false",
        "200, 9, true",
        "200, 12, true",
        "200, 12, false",
        "200, 13, true",
        "200, 200, false",
        "2100, 128, true",
        "2100, 129, false"
    })
    void areThoseThatSortingGives(int length, int k, boolean largest) {
        Random random = new Random(SEED);
        double[] extremes = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0};
        double[] x = IntStream.range(0, length)
                .mapToDouble(n -> random.nextInt(4) == 0 ? extremes[random.nextInt(5)] : random.nextInt(-9, 9))
                .toArray();
        Comparator<Integer> order =
                Comparator.comparingDouble(n -> Double.isNaN(x[n]) ? Double.POSITIVE_INFINITY : x[n] + 0.0);
        long[] places = IntStream.range(0, length)
                .boxed()
                .sorted(largest ? order.reversed() : order)
                .limit(k)
                .mapToLong(n -> n)
                .toArray();
        for (String lines : new String[] {"let N = " + length, "dim N"}) {
            Model model = Elaborated.of(
                    lines,
                    "input x : f32[N]",
                    "let values, places = topk(x, " + k + ", largest = " + largest + ")",
                    "output values = values",
                    "output places = places");
            Map<String, NdArray> found = new Interpreter(
                            Map.of("x", new NdArray(DType.F32, new long[] {length}, x)),
                            Map.of(),
                            lines.startsWith("dim") ? Map.of("N", (long) length) : Map.of())
                    .run(model.graph());
            String where = lines + ", k " + k + ", seed " + SEED;
            double[] at = found.get("places").data();
            assertArrayEquals(
                    places, IntStream.range(0, k).mapToLong(n -> (long) at[n]).toArray(), where);
            for (int n = 0; n < k; n++) {
                assertEquals(x[(int) places[n]], found.get("values").data()[n], where);
            }
        }
    }
}
