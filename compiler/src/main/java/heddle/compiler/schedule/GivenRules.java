package heddle.compiler.schedule;

import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import java.util.Locale;
import java.util.Set;

/**
 * Checks of a schedule that somebody else made against the one that a policy makes for the same program.
 *
 * @param given  to be checked
 * @param chosen by the policy
 */
public record GivenRules(TileKernel given, TileKernel chosen) {
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

    /** The kinds of choices that the code writer of a machine reads. */
    public void kindsAre(Set<Class<? extends Choice>> kinds) {
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
}
