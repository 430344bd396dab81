package heddle.cli.compare;

import heddle.cli.compare.ComparedReport.Attention;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What became of attentions.
 *
 * @param lost     fused in the first report alone; without a second where the model has none in its place
 * @param gained   fused in the second report alone; without a first where the other model has none in its place
 * @param kept     fused in both
 * @param declined fused in neither; without a first where it is new
 */
record AttentionDifference(List<Pair> lost, List<Pair> gained, List<Pair> kept, List<Pair> declined) {
    /** The same attention in both reports, as far as both have it. */
    record Pair(Optional<Attention> before, Optional<Attention> now) {
        /** The one that the second report has, else that of the first. */
        Attention any() {
            return now.or(() -> before).orElseThrow();
        }
    }

    /**
     * Matches attentions: by the nodes that they became, by those that they are made of, by path, and at last in order.
     *
     * @param written   nodes as written that are the same, by number
     * @param optimised those after all passes
     */
    static AttentionDifference of(
            List<Attention> a, List<Attention> b, Map<Integer, Integer> written, Map<Integer, Integer> optimised) {
        List<Pair> pairs = new ArrayList<>();
        List<Attention> openA = new ArrayList<>(a);
        List<Attention> openB = new ArrayList<>(b);
        List<BiPredicate<Attention, Attention>> signs = List.of(
                (x, y) -> x.fused() == y.fused() && Integer.valueOf(y.id()).equals(optimised.get(x.id())),
                (x, y) -> isMadeOf(x, y, written),
                (x, y) -> x.path().equals(y.path()),
                (x, y) -> !x.scope().isEmpty() && x.scope().equals(y.scope()),
                (x, y) -> x.fused() && y.fused());
        for (BiPredicate<Attention, Attention> sign : signs) {
            pair(openA, openB, sign, pairs);
        }
        openA.forEach(x -> pairs.add(new Pair(Optional.of(x), Optional.empty())));
        openB.forEach(y -> pairs.add(new Pair(Optional.empty(), Optional.of(y))));
        return sorted(pairs);
    }

    private static void pair(
            List<Attention> openA, List<Attention> openB, BiPredicate<Attention, Attention> sign, List<Pair> pairs) {
        for (Attention x : List.copyOf(openA)) {
            openB.stream().filter(y -> sign.test(x, y)).findFirst().ifPresent(y -> {
                pairs.add(new Pair(Optional.of(x), Optional.of(y)));
                openA.remove(x);
                openB.remove(y);
            });
        }
    }

    /** Whether what went into one is, in the other graph, in the other: its softmax, at least. */
    private static boolean isMadeOf(Attention x, Attention y, Map<Integer, Integer> written) {
        Set<Integer> here = new HashSet<>();
        x.woven().forEach(n -> {
            if (written.containsKey(n)) {
                here.add(written.get(n));
            }
        });
        if (x.fused() && y.fused()) {
            long common = y.woven().stream().filter(here::contains).count();
            return 2 * common > y.woven().size();
        }
        return y.fused() ? y.woven().containsAll(here) && !here.isEmpty() : here.containsAll(y.woven());
    }

    private static AttentionDifference sorted(List<Pair> pairs) {
        AttentionDifference all =
                new AttentionDifference(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Pair pair : pairs) {
            boolean was = pair.before().map(Attention::fused).orElse(false);
            boolean is = pair.now().map(Attention::fused).orElse(false);
            (was && is ? all.kept : was ? all.lost : is ? all.gained : all.declined).add(pair);
        }
        return all;
    }
}
