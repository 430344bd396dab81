package heddle.compiler.schedule;

import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.family.Family;
import heddle.dsl.ast.Name;
import heddle.dsl.ast.ScheduleFile;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.dsl.parse.ScheduleCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A policy whose schedules of some kernels are replaced by those of a file.
 *
 * @param others makes the schedules of kernels that the file does not name, and says what the machine's writer can write
 */
public record GivenSchedules(SchedulePolicy others, ScheduleFile file) implements ForwardingPolicy {
    private static final String LENGTHS =
            "lengths that are given decide which loops there are, so print the schedule with the same -D";

    private static final String REPLACES =
            "a schedule in a file replaces all choices of its kernel: edit the whole of what"
                    + " heddle compile --emit schedule prints for it; ";

    @Override
    public KernelSchedule schedule(Family family, ProgramFacts facts) {
        KernelSchedule chosen = others.schedule(family, facts);
        Optional<ScheduleFile.Kernel> given = file.kernels().stream()
                .filter(k -> k.name().text().equals(facts.program().name()))
                .findFirst();
        return given.map(kernel -> legal(kernel, chosen, facts)).orElse(chosen);
    }

    @Override
    public SchedulePolicy usual() {
        return others.usual();
    }

    private KernelSchedule legal(ScheduleFile.Kernel given, KernelSchedule chosen, ProgramFacts facts) {
        KernelSchedule schedule = KernelSchedule.NONE;
        for (ScheduleFile.Entry entry : given.entries()) {
            Choice choice = choice(entry);
            KernelSchedule more = schedule.with(choice);
            if (more.choices().size() == schedule.choices().size()) {
                throw illegal(entry.subject(), given, "there is a choice of this kind already");
            }
            schedule = more;
        }
        try {
            TileKernel kernel = new TileKernel(facts.program(), schedule);
            others.verify(kernel, facts);
            others.verifyGiven(kernel, new TileKernel(facts.program(), chosen));
        } catch (IllegalSchedule e) {
            throw illegal(given, e);
        }
        return schedule;
    }

    private static Choice choice(ScheduleFile.Entry entry) {
        String subject = entry.subject().text();
        return switch (entry) {
            case ScheduleFile.Cut c -> new Choice.Cut(new LoopId(subject), size(c));
            case ScheduleFile.Order o ->
                new Choice.Order(
                        new LoopId(subject),
                        Choice.Direction.valueOf(o.direction().toUpperCase(Locale.ROOT)));
            case ScheduleFile.Place p ->
                new Choice.Place(
                        subject,
                        Arrays.stream(TilePlace.values())
                                .filter(place -> place.text().equals(p.place()))
                                .findFirst()
                                .orElseThrow());
            case ScheduleFile.Bind b ->
                new Choice.Bind(
                        subject,
                        b.chain().stream()
                                .map(l -> new Choice.Factor(
                                        Choice.Level.valueOf(l.name().toUpperCase(Locale.ROOT)), l.n()))
                                .toList());
            case ScheduleFile.Unroll u -> new Choice.Unroll(subject, u.axis().text(), u.n());
            case ScheduleFile.Number n ->
                switch (n.kind()) {
                    case "stage" -> new Choice.Stage(subject, n.n());
                    case "pitch" -> new Choice.Pitch(subject, n.n());
                    case "fetch" -> new Choice.Fetch(subject, n.n());
                    case "prefetch" -> new Choice.Prefetch(subject, n.n());
                    case "band" -> new Choice.Band(new LoopId(subject), n.n());
                    case "trim" -> new Choice.Trim(new LoopId(subject), n.n());
                    default -> new Choice.Grain(n.n());
                };
        };
    }

    private static Choice.Size size(ScheduleFile.Cut cut) {
        if (cut.size().isPresent()) {
            int n = cut.size().get();
            if (n < 1) {
                throw new DiagnosticException(Diagnostic.at(
                                cut.subject().span(), ScheduleCode.ILLEGAL, "a block of " + n + " indexes has none")
                        .hint("blocks have at least one index; whole and each are written as words"));
            }
            return new Choice.Size.Blocks(n);
        }
        return cut.word().equals("whole") ? new Choice.Size.Whole() : new Choice.Size.Each();
    }

    /** Names the choice where the file has it, else says it. */
    private static DiagnosticException illegal(ScheduleFile.Kernel given, IllegalSchedule e) {
        Optional<Name> at = given.entries().stream()
                .filter(entry -> e.isAbout(choice(entry)))
                .findFirst()
                .map(ScheduleFile.Entry::subject);
        String said = at.isPresent() || e.choice().isEmpty() ? e.why() : e.choice() + ": " + e.why();
        return at.map(choice -> illegal(choice, given, said))
                .orElseGet(() -> illegal(given.name(), given, said, REPLACES + LENGTHS));
    }

    private static DiagnosticException illegal(Name at, ScheduleFile.Kernel given, String why) {
        return illegal(at, given, why, "docs/schedules.md says when each choice is legal; " + LENGTHS);
    }

    private static DiagnosticException illegal(Name at, ScheduleFile.Kernel given, String why, String hint) {
        return new DiagnosticException(Diagnostic.at(
                        at.span(), ScheduleCode.ILLEGAL, "the schedule of " + given.name() + " is not legal: " + why)
                .hint(hint));
    }

    /**
     * Checks that a plan has every kernel that the file names.
     *
     * @throws DiagnosticException with {@link ScheduleCode#KERNEL} when it has not
     */
    public void requireKernels(Plan plan) {
        List<String> names = Stream.concat(plan.prepare().stream(), plan.launches().stream())
                .map(TileKernel::name)
                .toList();
        for (ScheduleFile.Kernel kernel : file.kernels()) {
            if (!names.contains(kernel.name().text())) {
                throw new DiagnosticException(unknown(kernel.name(), plan.name(), names));
            }
        }
    }

    private Diagnostic unknown(Name kernel, String plan, List<String> names) {
        String name = kernel.text();
        Diagnostic problem = Diagnostic.at(kernel.span(), ScheduleCode.KERNEL, plan + " has no kernel " + name);
        Optional<ScheduleFile.Kernel> maker = file.kernels().stream()
                .filter(k -> name.startsWith(k.name() + ".")
                        && names.contains(k.name().text()))
                .findFirst();
        if (maker.isPresent()) {
            return madeBy(maker.get(), problem)
                    .hint("the schedule of " + maker.get().name()
                            + " decides which tables are made for it: change its blocks back, or leave out " + name);
        }
        return problem.hint(Suggest.closest(name, names)
                .or(() -> names.stream().filter(n -> n.startsWith(name + ".")).findFirst())
                .map(n -> "did you mean " + n + "?")
                .orElse("heddle compile --emit schedule lists its kernels"));
    }

    /** Marks the blocks for which no narrow table is made, or the schedule that decides which tables there are. */
    private static Diagnostic madeBy(ScheduleFile.Kernel maker, Diagnostic problem) {
        for (ScheduleFile.Entry entry : maker.entries()) {
            Optional<Integer> step = entry instanceof ScheduleFile.Cut cut ? undivided(cut, maker) : Optional.empty();
            if (step.isPresent()) {
                String blocks = ((ScheduleFile.Cut) entry)
                        .size()
                        .map(n -> "blocks of " + n)
                        .orElse("these blocks");
                return problem.related(
                        entry.subject().span(),
                        blocks + " are not several times the " + step.get()
                                + " of trim, so that no table has an entry for each part of a block");
            }
        }
        return problem.related(maker.name().span(), "this schedule decides which tables there are");
    }

    /** By how many indexes blocks are trimmed that are not several times as large. */
    private static Optional<Integer> undivided(ScheduleFile.Cut cut, ScheduleFile.Kernel of) {
        return of.entries().stream()
                .filter(e -> e instanceof ScheduleFile.Number n
                        && n.kind().equals("trim")
                        && n.subject().text().equals(cut.subject().text()))
                .map(e -> ((ScheduleFile.Number) e).n())
                .filter(step -> cut.size()
                        .map(n -> n <= step || n % step != 0)
                        .orElse(cut.word().equals("each")))
                .findFirst();
    }
}
