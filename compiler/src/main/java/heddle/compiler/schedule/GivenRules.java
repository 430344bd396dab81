package heddle.compiler.schedule;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.Amount;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Stored;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Checks of a schedule that somebody else made against the one that a policy makes for the same program.
 *
 * @param given  to be checked
 * @param chosen by the policy
 */
public record GivenRules(TileKernel given, TileKernel chosen) {
    /** Bytes of tiles that a worker may have: many times what a cache of a core holds. */
    private static final long WORKER_BYTES = 64L << 20;

    /** Whether a tile may be in another place than the usual one. */
    public interface Places {
        boolean allow(Tile tile, TilePlace place, TilePlace usual);
    }

    /** @throws IllegalSchedule when a rule does not hold */
    public void check(boolean holds, String choice, String rule) {
        if (!holds) {
            throw new IllegalSchedule(given.program(), choice, rule);
        }
    }

    /**
     * Blocks of several indexes are cut from the loops from which the policy cuts them.
     *
     * @param alike whether they are as large, too
     */
    public void sameLoopsAreCut(boolean alike) {
        given.program().loops().forEach(loop -> sameCut(loop, alike));
    }

    private void sameCut(TileStmt.Loop loop, boolean alike) {
        Choice.Size size = given.cut(loop);
        Choice.Size usual = chosen.cut(loop);
        boolean same = size.equals(usual);
        boolean both =
                size instanceof Choice.Size.Blocks a && usual instanceof Choice.Size.Blocks b && a.n() > 1 && b.n() > 1;
        check(
                same || both && !alike,
                "cut " + loop.id() + " " + size,
                "the loop over " + loop.axis() + " is cut " + usual
                        + (alike || !both ? ", which the code writer relies on" : ""));
    }

    /** Tiles are where the policy places them, but for what {@code places} allows. */
    public void placesAre(Places places) {
        given.program().definitions().forEach(d -> {
            TilePlace usual = chosen.schedule().place(d.tile());
            check(
                    places.allow(d.tile(), given.schedule().place(d.tile()), usual),
                    "place " + d.tile(),
                    d.tile() + " is held " + usual.text() + ", which the code writer relies on");
        });
    }

    /** A code writer reads each choice. @param kinds of choices that it reads */
    public void choicesAreRead(Set<Class<? extends Choice>> kinds) {
        kindsAre(kinds);
        samePlacesRunIndexes();
        severalBlocksAreOrdered();
        unrollsAreRead();
    }

    private void kindsAre(Set<Class<? extends Choice>> kinds) {
        for (Choice c : given.schedule().choices()) {
            check(
                    kinds.contains(c.getClass()),
                    c.toString(),
                    "this machine has no choice of the kind "
                            + c.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        }
    }

    /** No statement computes more values at once than in the policy's schedule. */
    public void unrollsAtMostAsChosen() {
        for (Choice c : given.schedule().choices()) {
            if (c instanceof Choice.Unroll u) {
                int most = chosen.schedule().choices().stream()
                        .filter(x -> x instanceof Choice.Unroll o && o.subject().equals(u.subject()))
                        .mapToInt(x -> ((Choice.Unroll) x).n())
                        .findFirst()
                        .orElse(1);
                check(
                        u.n() <= most,
                        "unroll " + u.tile() + " over " + u.axis() + " " + u.n(),
                        "registers hold at most " + most + " at once");
            }
        }
    }

    /** No statement computes more than so many values at once. */
    public void innermostUnroll(int most) {
        for (Choice c : given.schedule().choices()) {
            if (c instanceof Choice.Unroll u) {
                check(
                        u.n() <= most,
                        "unroll " + u.tile() + " over " + u.axis() + " " + u.n(),
                        "a statement computes at most " + most + " values at once");
            }
        }
    }

    /** Indexes are run along the axes along which the policy has them run, by the same levels in the same order. Numbers may differ. */
    private void samePlacesRunIndexes() {
        for (Choice c : given.schedule().choices()) {
            if (c instanceof Choice.Bind bind) {
                List<Choice.Factor> usual = chosen.schedule().choices().stream()
                        .filter(o -> o instanceof Choice.Bind && o.subject().equals(bind.axis()))
                        .flatMap(o -> ((Choice.Bind) o).chain().stream())
                        .toList();
                check(
                        numbered(bind.chain()).equals(numbered(usual)),
                        "bind " + bind.axis(),
                        "nothing reads this chain: "
                                + (usual.isEmpty()
                                        ? bind.axis() + " has none on this machine"
                                        : "indexes along " + bind.axis() + " are run as in " + text(usual)));
            }
        }
    }

    /** The levels of a chain, and whether they have numbers. */
    private static List<String> numbered(List<Choice.Factor> chain) {
        return chain.stream().map(f -> f.level() + (f.n() > 0 ? " n" : "")).toList();
    }

    private static String text(List<Choice.Factor> chain) {
        return chain.stream().map(Choice.Factor::toString).collect(Collectors.joining(" . "));
    }

    /** A loop that is one block has no order of blocks, and no bands. */
    private void severalBlocksAreOrdered() {
        for (Choice c : given.schedule().choices()) {
            if (c instanceof Choice.Order || c instanceof Choice.Band) {
                Optional<Choice.Size> cut = given.schedule().cut(new LoopId(c.subject()));
                check(
                        !cut.equals(Optional.of(new Choice.Size.Whole())),
                        c.toString(),
                        "nothing reads it: the loop over " + c.subject() + " is one block");
            }
        }
    }

    /** Several values are computed at once where the policy has that, and in reductions along an axis. */
    private void unrollsAreRead() {
        for (Choice c : given.schedule().choices()) {
            if (c instanceof Choice.Unroll u) {
                boolean isChosen = chosen.schedule().choices().stream()
                        .anyMatch(o -> o instanceof Choice.Unroll && o.subject().equals(u.subject()));
                boolean isReduced = given.program().definitions().stream()
                        .anyMatch(d -> d.tile().name().equals(u.tile())
                                && d.value() instanceof TileExpr.Reduce r
                                && r.over().name().equals(u.axis()));
                check(
                        isChosen || isReduced,
                        "unroll " + u.tile() + " over " + u.axis() + " " + u.n(),
                        "nothing reads it: " + u.tile() + " is no product, and no reduction along " + u.axis());
            }
        }
    }

    /** The tiles that a worker holds in arrays have sizes that are numbers, and take not much more memory than caches have. */
    public void tilesFit() {
        for (TileStmt.Define d : given.program().definitions()) {
            check(
                    !isCopied(d) || bytes(given, d).isKnown(),
                    "place " + d.tile(),
                    "it is as large as lengths that are bound later, so that it cannot be copied");
        }
        bytesFit("a worker", localBytes(given), Math.max(WORKER_BYTES, localBytes(chosen)));
    }

    /**
     * What {@code holder} holds fits its memory. Else it is the largest copy that the policy does not make, if it would fit without
     * such copies, or the cut that is the most times larger than the policy's.
     */
    public void bytesFit(String holder, long bytes, long most) {
        if (bytes > most) {
            String why = "the tiles of " + holder + " take " + bytes + " bytes, and there may be " + most;
            Optional<String> copy = bytes - bytes(given, this::isCopied) <= most ? largestCopy() : Optional.empty();
            throw new IllegalSchedule(given.program(), copy.or(this::largestCut).orElse("place"), why);
        }
    }

    private Optional<String> largestCut() {
        return given.program().loops().stream()
                .filter(loop ->
                        given.schedule().block(loop.id()) > chosen.schedule().block(loop.id()))
                .max(Comparator.comparingDouble(
                        loop -> (double) given.schedule().block(loop.id())
                                / chosen.schedule().block(loop.id())))
                .map(loop -> "cut " + loop.id() + " " + given.cut(loop));
    }

    private Optional<String> largestCopy() {
        return given.program().definitions().stream()
                .filter(d -> isCopied(d) && bytes(given, d).isKnown())
                .max(Comparator.comparingLong(d -> bytes(given, d).saturated()))
                .map(d -> "place " + d.tile());
    }

    /** Whether a tile is copied that the policy reads in place. */
    private boolean isCopied(TileStmt.Define d) {
        return isLocal(given, d) && !isLocal(chosen, d);
    }

    private static boolean isLocal(TileKernel kernel, TileStmt.Define d) {
        return kernel.schedule().place(d.tile()) == TilePlace.LOCAL;
    }

    private static long localBytes(TileKernel kernel) {
        return bytes(kernel, d -> isLocal(kernel, d));
    }

    /** Bytes of some tiles, those of sizes that are numbers. */
    private static long bytes(TileKernel kernel, Predicate<TileStmt.Define> isCounted) {
        return kernel.program().definitions().stream()
                .filter(isCounted)
                .map(d -> bytes(kernel, d))
                .filter(Amount::isKnown)
                .reduce(Amount.ZERO, Amount::plus)
                .saturated();
    }

    private static Amount bytes(TileKernel kernel, TileStmt.Define d) {
        Stored stored = Stored.of(Precision.computed(d.tile().type()));
        Amount bytes = Amount.of(stored.bytes(1));
        for (Axis axis : d.tile().axes()) {
            Optional<Choice.Size> cut =
                    kernel.program().loopOver(axis).map(kernel.program()::loop).map(kernel::cut);
            bytes = bytes.times(
                    cut.orElse(new Choice.Size.Whole()) instanceof Choice.Size.Whole
                            ? axis.extent()
                            : Dim.of(kernel.block(axis)));
        }
        return bytes;
    }
}
