package heddle.compiler.tile;

import heddle.compiler.index.BlockTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A kernel's schedule as text, one kind of choice a line: what {@code --emit schedule} prints.
 *
 * <pre>
 * schedule softmax#1:
 *   cut b each, i 32, e whole, j 128
 *   order i down
 *   place q, score, acc, rowMax, rowSum local; k, v in place
 *   bind i register 2 . lane
 *   unroll score over j 8, acc over e 8
 *   trim j 8
 * </pre>
 */
public final class ScheduleListing {
    private ScheduleListing() {}

    public static String of(TileKernel kernel) {
        return "schedule " + kernel.name() + ":\n" + choices(kernel);
    }

    /** The choices alone, each line indented and ended. */
    public static String choices(TileKernel kernel) {
        List<String> lines = new ArrayList<>();
        KernelSchedule schedule = kernel.schedule();
        List<String> cuts = new ArrayList<>();
        List<String> orders = new ArrayList<>();
        ProgramParts.statements(kernel.program().body(), stmt -> {
            if (stmt instanceof TileStmt.Loop loop) {
                cuts.add(loop.id() + " " + kernel.cut(loop));
                if (schedule.isDown(loop.id())) {
                    orders.add(loop.id() + " down");
                }
            }
        });
        add(lines, "cut", cuts);
        add(lines, "order", orders);
        add(lines, "band", texts(schedule, Choice.Band.class));
        Map<TilePlace, List<String>> placed = new LinkedHashMap<>();
        for (TileStmt.Define d : kernel.program().definitions()) {
            placed.computeIfAbsent(schedule.place(d.tile()), p -> new ArrayList<>())
                    .add(d.tile().name());
        }
        List<String> places = placed.entrySet().stream()
                .map(e -> String.join(", ", e.getValue()) + " " + e.getKey().text())
                .toList();
        if (!places.isEmpty()) {
            lines.add("  place " + String.join("; ", places));
        }
        for (Class<? extends Choice> kind : List.of(
                Choice.Bind.class,
                Choice.Unroll.class,
                Choice.Stage.class,
                Choice.Pitch.class,
                Choice.Fetch.class,
                Choice.Prefetch.class,
                Choice.Trim.class,
                Choice.Grain.class)) {
            add(lines, name(kind), texts(schedule, kind));
        }
        for (Choice c : schedule.choices()) {
            if (c instanceof Choice.Skip skip && !skip.tables().isEmpty()) {
                lines.add("  " + text(skip));
            }
        }
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** What one schedule of a kernel decides otherwise than another: {@code cut i 64}, {@code no trim j}. */
    public static List<String> changes(TileKernel from, TileKernel to) {
        List<Choice> before = from.schedule().choices();
        List<Choice> after = to.schedule().choices();
        List<String> changes = new ArrayList<>();
        after.stream()
                .filter(c -> !before.contains(c))
                .map(ScheduleListing::text)
                .forEach(changes::add);
        before.stream()
                .filter(c -> !(c instanceof Choice.Skip) && after.stream().noneMatch(o -> isAbout(o, c)))
                .map(c -> "no " + name(c.getClass()) + " " + c.subject())
                .forEach(changes::add);
        return changes;
    }

    private static boolean isAbout(Choice a, Choice b) {
        return a.getClass() == b.getClass() && a.subject().equals(b.subject());
    }

    private static String name(Class<?> kind) {
        return kind.getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** A choice in a line of its own. */
    private static String text(Choice choice) {
        return name(choice.getClass()) + " " + said(choice);
    }

    /** A choice without its kind. */
    private static String said(Choice choice) {
        return switch (choice) {
            case Choice.Cut c -> c.loop() + " " + c.size();
            case Choice.Order o -> o.loop() + " " + o.direction().name().toLowerCase(Locale.ROOT);
            case Choice.Band b -> b.loop() + " " + b.n();
            case Choice.Place p -> p.tile() + " " + p.place().text();
            case Choice.Bind b -> text(b);
            case Choice.Unroll u -> u.tile() + " over " + u.axis() + " " + u.n();
            case Choice.Stage s -> s.axis() + " " + s.n();
            case Choice.Pitch p -> p.tile() + " " + p.more();
            case Choice.Fetch f -> f.tile() + " " + f.rows();
            case Choice.Prefetch p -> p.tile() + " " + p.rows();
            case Choice.Trim t -> t.loop() + " " + t.n();
            case Choice.Grain g -> String.valueOf(g.pieces());
            case Choice.Skip s ->
                s.loop() + " by "
                        + s.tables().stream().map(BlockTable::toString).collect(Collectors.joining(", "));
        };
    }

    private static String text(Choice.Bind bind) {
        return bind.axis() + " "
                + bind.chain().stream().map(Choice.Factor::toString).collect(Collectors.joining(" . "));
    }

    private static List<String> texts(KernelSchedule schedule, Class<? extends Choice> kind) {
        return schedule.choices().stream()
                .filter(kind::isInstance)
                .map(ScheduleListing::said)
                .toList();
    }

    private static void add(List<String> lines, String kind, List<String> choices) {
        if (!choices.isEmpty()) {
            lines.add("  " + kind + " " + String.join(", ", choices));
        }
    }
}
