package heddle.compiler.tile.family;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Effort;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A program of scores, or of what is computed with the sums of a product, that looks up what is costly to compute for each pair of a query and a
 * key, and reads no score. What depends on their distance alone has a table of distances, of which there are as many as queries and keys
 * together. Relative positions are such: a bucket of the distance, often with a logarithm, and a bias for each bucket and head (T5, Raffel et
 * al. 2020, arXiv:1910.10683), or a power of the distance (retention, Sun et al. 2023, arXiv:2307.08621):
 *
 * <pre>
 * score + w[bucket(j - i), h]  →  t[h, n] = w[bucket(M - n), h];  score + t[h, i - j + M]
 * </pre>
 *
 * What weights and known lengths alone decide has a table of pairs, which is filled once, when weights are loaded.
 *
 * @param tables  the kernels that fill tables which were not there yet
 * @param program that reads them
 */
public record PairTables(List<MapFamily> tables, ScalarExpr program) {
    /** For fewer queries or keys a table of distances has as many elements as there are pairs. */
    private static final int FEW = 32;

    /** The most bytes of all tables of a model whose sizes are known, beyond which there are no more tables of pairs. */
    private static final long MOST = 16 << 20;

    /**
     * What a program is computed for.
     *
     * @param batch other axes
     * @param i     along which neighbours are read, of queries for example
     * @param j     the other axis
     * @param name  of what is computed
     */
    public record Pairs(List<Axis> batch, Axis i, Axis j, String name) {}

    /** What finds tables, or has them filled. */
    private record Search(
            Pairs pairs,
            BiPredicate<List<Axis>, ScalarExpr> isKnown,
            UnaryOperator<String> unique,
            Map<ScalarExpr, Buffer> known,
            List<MapFamily> tables,
            Map<ScalarExpr, ScalarExpr> done) {
        private Axis i() {
            return pairs.i();
        }

        private Axis j() {
            return pairs.j();
        }

        /** A program with the largest parts looked up that are worth it. */
        ScalarExpr tabulated(ScalarExpr e) {
            ScalarExpr before = done.get(e);
            if (before != null) {
                return before;
            }
            Optional<ScalarExpr> found = isWorth(e) ? byDistance(e).or(() -> byPair(e)) : Optional.empty();
            ScalarExpr result = found.isEmpty() && e instanceof Apply a
                    ? a.with(a.args().stream().map(this::tabulated).toList())
                    : found.orElse(e);
            done.put(e, result);
            return result;
        }

        /** Whether a value of a pair is a float that takes more than a few instructions, and reads no score. */
        private boolean isWorth(ScalarExpr e) {
            return (e.type() == DType.F32 || e.type() == DType.F64)
                    && ScalarExprs.reads(e, i())
                    && ScalarExprs.reads(e, j())
                    && !ScalarExprs.any(e, x -> x instanceof ScalarExpr.Variable)
                    && ScalarExprs.any(e, this::isCostly);
        }

        private boolean isCostly(ScalarExpr e) {
            boolean takesLong = switch (e) {
                case Apply x -> Effort.of(x.fn()) == Effort.TRANSCENDENTAL;
                case Element x ->
                    Stride.of(x.address(), i()).isEmpty()
                            || Stride.of(x.address(), j()).isEmpty();
                default -> false;
            };
            return takesLong && ScalarExprs.reads(e, i()) && ScalarExprs.reads(e, j());
        }

        private Optional<ScalarExpr> byDistance(ScalarExpr e) {
            boolean isFew = Stream.of(i(), j()).map(Axis::extent).anyMatch(n -> n.isKnown() && n.value() <= FEW);
            Axis distance = new Axis("distance", i().extent().plus(j().extent()));
            ScalarExpr keys = ScalarExpr.of(j().extent());
            ScalarExpr query = sum(ScalarExpr.of(j()), difference(ScalarExpr.of(distance), keys));
            ScalarExpr content = IndexSimplifier.simplify(
                    ScalarExprs.transform(ScalarExprs.substitute(e, Map.of(i(), query)), this::ofDistance));
            return isFew || ScalarExprs.reads(content, j())
                    ? Optional.empty()
                    : lookup(
                            "distances",
                            content,
                            List.of(distance),
                            List.of(sum(difference(ScalarExpr.of(i()), ScalarExpr.of(j())), keys)));
        }

        /** A comparison of two indexes as one of their distance. */
        private ScalarExpr ofDistance(ScalarExpr e) {
            if (!(e instanceof Apply a) || !isOfIndexes(a)) {
                return e;
            }
            ScalarExpr distance = IndexSimplifier.simplify(
                    difference(a.args().getFirst(), a.args().getLast()));
            return ScalarExprs.reads(distance, j()) ? e : a.with(List.of(distance, ScalarExpr.of(0)));
        }

        private static boolean isOfIndexes(Apply a) {
            return switch (a.fn()) {
                case EQ, NE, LT, LE, GT, GE ->
                    a.args().stream()
                            .allMatch(x -> x.type() == DType.I64
                                    && IndexSimplifier.form(x).isAffine());
                default -> false;
            };
        }

        private Optional<ScalarExpr> byPair(ScalarExpr e) {
            List<Axis> axes = axes(e, List.of(j(), i()));
            return shape(axes).isKnown()
                            && bytes(new TensorType(e.type(), shape(axes))) + bytes() <= MOST
                            && isKnown.test(axes, e)
                    ? lookup("pairs", e, List.of(j(), i()), List.of(ScalarExpr.of(j()), ScalarExpr.of(i())))
                    : Optional.empty();
        }

        /** Of the tables that there are. */
        private long bytes() {
            return known.values().stream()
                    .map(Buffer::type)
                    .filter(type -> type.shape().isKnown())
                    .mapToLong(Search::bytes)
                    .sum();
        }

        private static long bytes(TensorType type) {
            return type.shape().size().value() * type.dtype().bytes();
        }

        /** The axes of a table: of batch and head as far as they matter, and others. */
        private List<Axis> axes(ScalarExpr content, List<Axis> others) {
            List<Axis> axes = new ArrayList<>(pairs.batch());
            axes.removeIf(axis -> !ScalarExprs.reads(content, axis));
            axes.addAll(others);
            return axes;
        }

        /** Where an element is. @param last its index along the last axes */
        private static ScalarExpr address(List<Axis> axes, List<ScalarExpr> last) {
            List<ScalarExpr> index = new ArrayList<>();
            axes.forEach(axis -> index.add(ScalarExpr.of(axis)));
            index.subList(index.size() - last.size(), index.size()).clear();
            index.addAll(last);
            return IndexSimplifier.address(shape(axes), index);
        }

        private static Shape shape(List<Axis> axes) {
            return new Shape(axes.stream().map(Axis::extent).toList());
        }

        /** @param at the index of a pair along {@code others} */
        private Optional<ScalarExpr> lookup(String name, ScalarExpr content, List<Axis> others, List<ScalarExpr> at) {
            List<Axis> axes = axes(content, others);
            Buffer buffer = known.computeIfAbsent(content, c -> {
                Buffer made = new Buffer(
                        unique.apply(pairs.name() + "_" + name), new TensorType(content.type(), shape(axes)));
                tables.add(new MapFamily(axes, made, address(axes, List.of()), content));
                return made;
            });
            return Optional.of(new Element(buffer, address(axes, at)));
        }

        private static ScalarExpr sum(ScalarExpr a, ScalarExpr b) {
            return ScalarExpr.apply(ScalarFn.ADD, a, b);
        }

        private static ScalarExpr difference(ScalarExpr a, ScalarExpr b) {
            return ScalarExpr.apply(ScalarFn.SUB, a, b);
        }
    }

    /**
     * @param isKnown whether a program over some axes can be computed when weights are loaded
     * @param unique  makes names of buffers unique
     * @param known   tables that other kernels filled, by what they hold; gets the new ones
     */
    public static PairTables of(
            Pairs pairs,
            ScalarExpr program,
            BiPredicate<List<Axis>, ScalarExpr> isKnown,
            UnaryOperator<String> unique,
            Map<ScalarExpr, Buffer> known) {
        List<MapFamily> tables = new ArrayList<>();
        Search search = new Search(pairs, isKnown, unique, known, tables, new IdentityHashMap<>());
        return new PairTables(tables, search.tabulated(program));
    }
}
