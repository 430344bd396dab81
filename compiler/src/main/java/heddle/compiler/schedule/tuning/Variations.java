package heddle.compiler.schedule.tuning;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Other schedules of a program, whether they are legal or not.
 *
 * @param schedule that they are compared with
 */
record Variations(ProgramFacts facts, KernelSchedule schedule) {
    /** How many values a statement may compute at once. */
    private static final List<Integer> UNROLLS = List.of(1, 2, 3, 4, 6, 8, 12, 16);

    /** Numbers to begin with, where there is no choice of a kind. */
    private static final int BAND = 4;

    private static final int TRIM = 8;
    private static final int SLICE = 16;
    private static final int FETCH = 3;

    /** All of them, those that change most first. */
    List<KernelSchedule> all() {
        return Stream.of(cuts(), unrolls(), chains(), places(), fetches(), loops(), slices(), grains())
                .flatMap(s -> s)
                .toList();
    }

    private <C extends Choice> Stream<C> choices(Class<C> kind) {
        return schedule.choices().stream().filter(kind::isInstance).map(kind::cast);
    }

    /** With another choice of the same kind in the place of one. */
    private KernelSchedule with(Choice old, Choice other) {
        return new KernelSchedule(
                schedule.choices().stream().map(c -> c.equals(old) ? other : c).toList());
    }

    private KernelSchedule without(Choice old) {
        return new KernelSchedule(
                schedule.choices().stream().filter(c -> !c.equals(old)).toList());
    }

    /** Twice and half of a number, if that is one at least. */
    private static IntStream around(int n) {
        return n > 1 ? IntStream.of(2 * n, n / 2) : IntStream.of(2 * n);
    }

    private Stream<KernelSchedule> numbers(Choice choice, int n, IntFunction<Choice> other) {
        return around(n).mapToObj(m -> with(choice, other.apply(m)));
    }

    private Stream<KernelSchedule> cuts() {
        return choices(Choice.Cut.class)
                .filter(c -> schedule.block(c.loop()) > 1)
                .flatMap(c ->
                        numbers(c, schedule.block(c.loop()), n -> new Choice.Cut(c.loop(), new Choice.Size.Blocks(n))));
    }

    /** More or fewer values at once along one axis; and more along one with fewer along another, for registers are few. */
    private Stream<KernelSchedule> unrolls() {
        return choices(Choice.Unroll.class)
                .flatMap(u -> Stream.concat(
                        beside(u.n()).mapToObj(n -> with(u, unroll(u, n))),
                        choices(Choice.Unroll.class)
                                .filter(o -> o.tile().equals(u.tile()) && !o.equals(u) && u.n() > 1)
                                .map(o -> new Variations(facts, with(u, unroll(u, u.n() / 2)))
                                        .with(o, unroll(o, 2 * o.n())))));
    }

    private static Choice unroll(Choice.Unroll u, int n) {
        return new Choice.Unroll(u.tile(), u.axis(), n);
    }

    private static IntStream beside(int n) {
        int less = UNROLLS.stream().filter(m -> m < n).reduce(0, Math::max);
        Optional<Integer> more = UNROLLS.stream().filter(m -> m > n).findFirst();
        return IntStream.of(less, more.orElse(0)).filter(m -> m > 0);
    }

    /** Threads that share axes in the same way are as many along each: those of rows, and those of columns. */
    private Stream<KernelSchedule> chains() {
        Stream<KernelSchedule> registers = choices(Choice.Bind.class)
                .flatMap(b -> b.chain().stream()
                        .filter(f -> f.level() == Choice.Level.REGISTER && f.n() > 0)
                        .flatMap(f ->
                                around(f.n()).mapToObj(n -> with(b, changed(b, f, new Choice.Factor(f.level(), n))))));
        Stream<KernelSchedule> threads = choices(Choice.Bind.class)
                .flatMap(b -> b.chain().stream())
                .filter(f -> f.level() == Choice.Level.THREAD)
                .distinct()
                .flatMap(f ->
                        Stream.of(true, false).flatMap(rows -> around(f.n()).mapToObj(n -> threads(f, n, rows))));
        return Stream.concat(threads, registers);
    }

    private static Choice.Bind changed(Choice.Bind bind, Choice.Factor old, Choice.Factor other) {
        return new Choice.Bind(
                bind.axis(),
                bind.chain().stream().map(f -> f.equals(old) ? other : f).toList());
    }

    private KernelSchedule threads(Choice.Factor threads, int n, boolean rows) {
        KernelSchedule changed = schedule;
        for (Choice c : schedule.choices()) {
            if (c instanceof Choice.Bind b && b.chain().contains(threads) && isOfRows(b) == rows) {
                changed = new Variations(facts, changed)
                        .with(b, changed(b, threads, new Choice.Factor(Choice.Level.THREAD, n)));
            }
        }
        return changed;
    }

    /** Whether threads have neighbouring indexes, or such as are as far apart as there are threads. */
    private static boolean isOfRows(Choice.Bind bind) {
        List<Choice.Level> levels =
                bind.chain().stream().map(Choice.Factor::level).toList();
        return levels.indexOf(Choice.Level.THREAD) < levels.indexOf(Choice.Level.REGISTER)
                || !levels.contains(Choice.Level.REGISTER);
    }

    /** What is read where it lies may be copied; whatever is computed is where it is best already. */
    private Stream<KernelSchedule> places() {
        Stream<KernelSchedule> placed = choices(Choice.Place.class)
                .filter(p -> facts.isFactor(tile(p)))
                .map(p -> with(
                        p,
                        new Choice.Place(
                                p.tile(), p.place() == TilePlace.IN_PLACE ? TilePlace.LOCAL : TilePlace.IN_PLACE)));
        Stream<KernelSchedule> pitched = choices(Choice.Place.class)
                .filter(p -> p.place() != TilePlace.IN_PLACE && facts.isFactor(tile(p)))
                .map(p -> toggled(new Choice.Pitch(p.tile(), 1)));
        return Stream.concat(placed, pitched);
    }

    /** Whether a cache has it already, is not known where a schedule is made. */
    private Stream<KernelSchedule> fetches() {
        return choices(Choice.Place.class)
                .filter(p -> p.place() == TilePlace.IN_PLACE && facts.isFactor(tile(p)))
                .flatMap(p -> Stream.concat(
                        optional(new Choice.Fetch(p.tile(), FETCH), n -> new Choice.Fetch(p.tile(), n)),
                        optional(new Choice.Prefetch(p.tile(), FETCH), n -> new Choice.Prefetch(p.tile(), n))));
    }

    private Tile tile(Choice.Place place) {
        return facts.definition(place.tile()).orElseThrow().tile();
    }

    /** Without a choice that is there, or with it. */
    private KernelSchedule toggled(Choice choice) {
        return schedule.choices().contains(choice) ? without(choice) : schedule.with(choice);
    }

    private Stream<KernelSchedule> loops() {
        return facts.program().loops().stream()
                .flatMap(l -> l.mode() instanceof LoopMode.Parallel
                        ? Stream.concat(
                                orders(l), optional(new Choice.Band(l.id(), BAND), n -> new Choice.Band(l.id(), n)))
                        : trims(l));
    }

    /** Where blocks have unlike work, it matters which begin first. */
    private Stream<KernelSchedule> orders(TileStmt.Loop l) {
        boolean isMasked =
                facts.program().loops().stream().anyMatch(o -> o.mask().isPresent());
        return isMasked && schedule.block(l.id()) > 1
                ? Stream.of(toggled(new Choice.Order(l.id(), Choice.Direction.DOWN)))
                : Stream.empty();
    }

    private Stream<KernelSchedule> trims(TileStmt.Loop l) {
        return l.mask().isPresent()
                ? optional(new Choice.Trim(l.id(), TRIM), n -> new Choice.Trim(l.id(), n))
                : Stream.empty();
    }

    /** Another number, or no choice of the kind; where there is none, one to begin with. */
    private Stream<KernelSchedule> optional(Choice first, IntFunction<Choice> of) {
        return schedule.choices().stream()
                .filter(c -> c.getClass() == first.getClass() && c.subject().equals(first.subject()))
                .findFirst()
                .map(there -> Stream.concat(numbers(there, number(there), of), Stream.of(without(there))))
                .orElseGet(() -> Stream.of(schedule.with(first)));
    }

    private static int number(Choice choice) {
        return switch (choice) {
            case Choice.Band b -> b.n();
            case Choice.Trim t -> t.n();
            case Choice.Stage s -> s.n();
            case Choice.Fetch f -> f.rows();
            case Choice.Prefetch p -> p.rows();
            default -> throw new IllegalArgumentException("no number: " + choice);
        };
    }

    private Stream<KernelSchedule> slices() {
        return facts.products().stream()
                .map(TileExpr.Dot::over)
                .map(Axis::name)
                .distinct()
                .flatMap(axis -> optional(new Choice.Stage(axis, SLICE), n -> new Choice.Stage(axis, n)));
    }

    private Stream<KernelSchedule> grains() {
        return choices(Choice.Grain.class).flatMap(g -> numbers(g, g.pieces(), Choice.Grain::new));
    }
}
