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
 * </pre>
 */
public final class ScheduleListing {
    private ScheduleListing() {}

    public static String of(TileKernel kernel) {
        List<String> lines = new ArrayList<>();
        lines.add("schedule " + kernel.name() + ":");
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
        List<String> bound = new ArrayList<>();
        for (Choice c : schedule.choices()) {
            if (c instanceof Choice.Bind b) {
                bound.add(b.loop() + " " + b.level().name().toLowerCase(Locale.ROOT));
            }
        }
        add(lines, "bind", bound);
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
        for (Choice c : schedule.choices()) {
            if (c instanceof Choice.Skip skip && !skip.tables().isEmpty()) {
                lines.add("  skip " + skip.loop() + " by "
                        + skip.tables().stream().map(BlockTable::toString).collect(Collectors.joining(", ")));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static void add(List<String> lines, String kind, List<String> choices) {
        if (!choices.isEmpty()) {
            lines.add(("  " + kind + " ").toLowerCase(Locale.ROOT) + String.join(", ", choices));
        }
    }
}
