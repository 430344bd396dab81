package heddle.cli.page;

import heddle.compiler.backend.emit.KernelForm;
import heddle.compiler.inspect.AttentionRole;
import heddle.compiler.inspect.AttentionSteps;
import heddle.compiler.tile.ProgramListing;
import heddle.compiler.tile.ScheduleListing;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The section {@code tiles}: each kernel as a program over tiles, and its schedule. Kernels that differ in buffers alone share them. */
final class TilesSection {
    private TilesSection() {}

    static Map<String, Object> of(Inspected in) {
        List<Object> programs = new ArrayList<>();
        Map<KernelForm.Key, Integer> known = new LinkedHashMap<>();
        List<Integer> kernels = new ArrayList<>();
        for (TileKernel kernel : in.kernels()) {
            kernels.add(known.computeIfAbsent(KernelForm.of(kernel).key(), form -> {
                programs.add(program(kernel));
                return programs.size() - 1;
            }));
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("classes", CodeTokens.CLASSES);
        fields.put("kernels", kernels);
        fields.put("programs", programs);
        return fields;
    }

    private static Map<String, Object> program(TileKernel kernel) {
        List<ProgramListing.Line> lines = ProgramListing.lines(kernel.program());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("of", kernel.name());
        fields.put("program", text(lines.stream().map(l -> l.text() + "\n").collect(Collectors.joining())));
        fields.put("schedule", text(ScheduleListing.of(kernel)));
        fields.put("roles", roles(kernel, lines));
        return fields;
    }

    private static Map<String, Object> text(String text) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("text", text);
        fields.put("tokens", CodeTokens.ofListing(text));
        return fields;
    }

    /** Runs of lines of each role: {@code [first, last]} from 1. */
    private static Map<String, Object> roles(TileKernel kernel, List<ProgramListing.Line> lines) {
        Optional<AttentionSteps> steps = AttentionSteps.of(kernel.program());
        Map<AttentionRole, List<List<Integer>>> roles = new EnumMap<>(AttentionRole.class);
        for (int i = 0; steps.isPresent() && i < lines.size(); i++) {
            Optional<TileStmt> statement = lines.get(i).statement();
            Optional<AttentionRole> role = statement.flatMap(steps.get()::of);
            if (role.isPresent()) {
                add(roles.computeIfAbsent(role.get(), r -> new ArrayList<>()), i + 1);
            }
        }
        return named(roles);
    }

    private static void add(List<List<Integer>> runs, int line) {
        boolean follows = !runs.isEmpty() && runs.getLast().getLast() == line - 1;
        int first = follows ? runs.removeLast().getFirst() : line;
        runs.add(List.of(first, line));
    }

    static Map<String, Object> named(Map<AttentionRole, ?> roles) {
        Map<String, Object> named = new LinkedHashMap<>();
        roles.forEach((role, runs) -> named.put(role.name().toLowerCase(Locale.ROOT), runs));
        return named;
    }
}
