package heddle.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Heddle;
import heddle.api.Options;
import heddle.api.Tensor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** One attention whose keys lie in partitions, beside the whole of it in double precision. */
class PartialAttentionTest {
    private static final int QUERIES = 24;
    private static final int KEYS = 3000;
    private static final int DIMENSION = PartialAttention.DIMENSION;

    /** Queries that see no key. */
    private static final List<Integer> BLIND = List.of(3, 17);

    /** Scores differ by some hundreds then: without the maxima, exponentials would overflow. */
    private static final double SPREAD = 8;

    /** A key, its value, and its place. */
    private record Key(int place, double[] key, double[] value) implements Serializable {}

    private final double[] queries = draws(new Random(1), QUERIES * DIMENSION, SPREAD);
    private final List<Key> keys = keys(new Random(2));

    private static double[] draws(Random random, int count, double deviation) {
        return random.doubles(count, -1, 1).map(x -> x * deviation).toArray();
    }

    private static List<Key> keys(Random random) {
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            keys.add(new Key(i, draws(random, DIMENSION, SPREAD), draws(random, DIMENSION, 1)));
        }
        return keys;
    }

    /** The first query sees a single key; later ones see all, or every third, up to a place of their own. */
    private static boolean isVisible(int query, int key) {
        if (query == 0) {
            return key == 1234;
        }
        return !BLIND.contains(query) && key <= KEYS * (query + 1) / QUERIES && (query % 2 == 0 || key % 3 == 0);
    }

    private static PartialAttention partial(double[] queries, Iterator<Key> some) {
        List<Key> part = new ArrayList<>();
        some.forEachRemaining(part::add);
        double[] k = new double[part.size() * DIMENSION];
        double[] v = new double[part.size() * DIMENSION];
        boolean[] visible = new boolean[QUERIES * part.size()];
        for (int i = 0; i < part.size(); i++) {
            System.arraycopy(part.get(i).key(), 0, k, i * DIMENSION, DIMENSION);
            System.arraycopy(part.get(i).value(), 0, v, i * DIMENSION, DIMENSION);
            for (int q = 0; q < QUERIES; q++) {
                visible[q * part.size() + i] = isVisible(q, part.get(i).place());
            }
        }
        return PartialAttention.of(queries, k, v, visible);
    }

    /** The whole attention, as it is defined. */
    private double[] whole() {
        double[] result = new double[QUERIES * DIMENSION];
        for (int q = 0; q < QUERIES; q++) {
            double[] scores = new double[KEYS];
            double greatest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < KEYS; i++) {
                double dot = 0;
                for (int d = 0; d < DIMENSION; d++) {
                    dot += queries[q * DIMENSION + d] * keys.get(i).key()[d];
                }
                scores[i] = isVisible(q, i) ? dot / Math.sqrt(DIMENSION) : Double.NEGATIVE_INFINITY;
                greatest = Math.max(greatest, scores[i]);
            }
            double sum = 0;
            for (int i = 0; i < KEYS && greatest > Double.NEGATIVE_INFINITY; i++) {
                double share = Math.exp(scores[i] - greatest);
                sum += share;
                for (int d = 0; d < DIMENSION; d++) {
                    result[q * DIMENSION + d] += share * keys.get(i).value()[d];
                }
            }
            for (int d = 0; d < DIMENSION && sum > 0; d++) {
                result[q * DIMENSION + d] /= sum;
            }
        }
        return result;
    }

    @Test
    void partitionsOfKeysMergeToTheWholeAttention() {
        SparkSession spark = LocalSpark.session();
        PartialAttention merged;
        try {
            JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
            JavaRDD<Key> there = context.parallelize(keys, 7);
            JavaRDD<Key> withEmptyPartitions = there.union(context.parallelize(List.of(), 3));
            assertEquals(10, withEmptyPartitions.getNumPartitions());
            double[] sent = queries;
            merged = withEmptyPartitions
                    .mapPartitions(some -> List.of(partial(sent, some)).iterator())
                    .treeReduce(PartialAttention::merge, 3);
        } finally {
            spark.stop();
        }
        double[] result = merged.result();
        assertArrayEquals(whole(), result, 1e-12);
        for (int blind : BLIND) {
            assertEquals(Double.NEGATIVE_INFINITY, merged.maxima()[blind]);
            assertEquals(0, result[blind * DIMENSION]);
        }
        assertArrayEquals(keys.get(1234).value(), Arrays.copyOf(result, DIMENSION), 1e-12);
    }

    /** The convention for queries that see nothing is the language's own. */
    @Test
    void fusedAttentionGivesTheSame() {
        PartialAttention all = partial(queries, keys.iterator());
        double[] k = new double[KEYS * DIMENSION];
        double[] v = new double[KEYS * DIMENSION];
        boolean[] visible = new boolean[QUERIES * KEYS];
        for (Key key : keys) {
            System.arraycopy(key.key(), 0, k, key.place() * DIMENSION, DIMENSION);
            System.arraycopy(key.value(), 0, v, key.place() * DIMENSION, DIMENSION);
            for (int q = 0; q < QUERIES; q++) {
                visible[q * KEYS + key.place()] = isVisible(q, key.place());
            }
        }
        double[] fused = Heddle.modelFromText("whole-attention.heddle", """
                        dim M, N
                        input q: f64[M, 32]
                        input k: f64[N, 32]
                        input v: f64[N, 32]
                        input visible: bool[M, N]
                        output y = softmax(where(visible, q @ transpose(k) / sqrt(32), -inf), axis = -1) @ v
                        """)
                .compile(Options.defaults().threads(1))
                .run(Map.of(
                        "q", Tensor.of(queries, QUERIES, DIMENSION),
                        "k", Tensor.of(k, KEYS, DIMENSION),
                        "v", Tensor.of(v, KEYS, DIMENSION),
                        "visible", Tensor.of(visible, QUERIES, KEYS)))
                .get("y")
                .doubles();
        assertArrayEquals(fused, all.result(), 1e-12);
    }

    /** Machines answer in any order: how partial results are grouped must not matter. */
    @Test
    void mergingIsAssociativeAndCommutativeWithANeutralElement() {
        Random random = new Random(3);
        for (int round = 0; round < 5; round++) {
            List<PartialAttention> parts = new ArrayList<>();
            int from = 0;
            while (from < KEYS) {
                int to = Math.min(KEYS, from + random.nextInt(900));
                parts.add(partial(queries, keys.subList(from, to).iterator()));
                from = to;
            }
            PartialAttention inOrder = parts.stream().reduce(PartialAttention.none(QUERIES), PartialAttention::merge);
            List<PartialAttention> left = new ArrayList<>(parts);
            while (left.size() > 1) {
                PartialAttention a = left.remove(random.nextInt(left.size()));
                PartialAttention b = left.remove(random.nextInt(left.size()));
                left.add(b.merge(a));
            }
            assertArrayEquals(inOrder.maxima(), left.getFirst().maxima());
            assertArrayEquals(inOrder.result(), left.getFirst().result(), 1e-12, "round " + round);
            PartialAttention neutral = inOrder.merge(PartialAttention.none(QUERIES));
            assertArrayEquals(inOrder.result(), neutral.result());
            assertTrue(Double.isFinite(neutral.result()[0]));
        }
    }
}
