package heddle.compiler.tile;

import heddle.compiler.index.BlockTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
        add(lines, "band", texts(schedule, Choice.Band.class, b -> b.loop() + " " + b.n()));
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
        add(lines, "bind", texts(schedule, Choice.Bind.class, ScheduleListing::text));
        add(lines, "unroll", texts(schedule, Choice.Unroll.class, u -> u.tile() + " over " + u.axis() + " " + u.n()));
        add(lines, "stage", texts(schedule, Choice.Stage.class, s -> s.axis() + " " + s.n()));
        add(lines, "prefetch", texts(schedule, Choice.Prefetch.class, p -> p.loop() + " " + p.n()));
        add(lines, "pitch", texts(schedule, Choice.Pitch.class, p -> p.tile() + " " + p.more()));
        add(lines, "trim", texts(schedule, Choice.Trim.class, t -> t.loop() + " " + t.n()));
        add(lines, "grain", texts(schedule, Choice.Grain.class, g -> String.valueOf(g.pieces())));
        for (Choice c : schedule.choices()) {
            if (c instanceof Choice.Skip skip && !skip.tables().isEmpty()) {
                lines.add("  skip " + skip.loop() + " by "
                        + skip.tables().stream().map(BlockTable::toString).collect(Collectors.joining(", ")));
            }
        }
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static String text(Choice.Bind bind) {
        return bind.axis() + " "
                + bind.chain().stream().map(Choice.Factor::toString).collect(Collectors.joining(" . "));
    }

    private static <C extends Choice> List<String> texts(
            KernelSchedule schedule, Class<C> kind, Function<C, String> text) {
        return schedule.choices().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .map(text)
                .toList();
    }

    private static void add(List<String> lines, String kind, List<String> choices) {
        if (!choices.isEmpty()) {
            lines.add("  " + kind + " " + String.join(", ", choices));
        }
    }
}
