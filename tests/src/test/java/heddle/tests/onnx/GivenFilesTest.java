package heddle.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import heddle.tests.onnx.GivenFile.Outcome;
import heddle.tests.onnx.GivenFile.Reached;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All ONNX files of the folder that the environment variable {@code HEDDLE_ONNX_FILES} names, imported, run and compared. It
 * prints how many of how many agree, by folder, and what is missing, by operator.
 */
class GivenFilesTest {
    private static final String VARIABLE = "HEDDLE_ONNX_FILES";

    @TempDir
    Path folder;

    private final Map<String, Map<Reached, Integer>> groups = new TreeMap<>();
    private final Map<String, List<String>> missing = new TreeMap<>();
    private final List<String> failing = new ArrayList<>();
    private final List<String> different = new ArrayList<>();

    @Test
    void computeWhatIsExpected() throws IOException {
        String root = System.getenv(VARIABLE);
        assumeTrue(root != null, VARIABLE + " names no folder of ONNX files");
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of(root))) {
            files = all.filter(p -> p.toString().endsWith(".onnx")).sorted().toList();
        }
        assertFalse(files.isEmpty(), root + " has no .onnx file");
        for (Path file : files) {
            add(Path.of(root), file, new GivenFile(file).outcome(folder));
        }
        print();
        assertEquals(List.of(), different, "other numbers than expected");
    }

    private void add(Path root, Path file, Outcome outcome) {
        // A node test has a folder of its own.
        boolean own = file.getFileName().toString().equals("model.onnx");
        Path group = root.relativize(own ? file.getParent().getParent() : file.getParent());
        String name = root.relativize(own ? file.getParent() : file).toString();
        groups.computeIfAbsent(group.toString(), g -> new TreeMap<>()).merge(outcome.reached(), 1, Integer::sum);
        switch (outcome.reached()) {
            case MISSING ->
                outcome.why()
                        .forEach(w -> missing.computeIfAbsent(w, o -> new ArrayList<>())
                                .add(name));
            case FAILS -> failing.add(name + ": " + outcome.why());
            case DIFFERS -> different.add(name + ": " + outcome.why());
            default -> {}
        }
    }

    private void print() {
        groups.forEach((group, counts) -> {
            int agree = counts.getOrDefault(Reached.AGREES, 0);
            int nearer = counts.getOrDefault(Reached.NEARER_TO_EXACT, 0);
            int constants = counts.getOrDefault(Reached.AGREES_WITH_CONSTANTS, 0);
            int not = counts.getOrDefault(Reached.NOT_COMPARED, 0);
            int all = counts.values().stream().mapToInt(Integer::intValue).sum() - not;
            System.out.printf(
                    "%s: %d of %d agree (%d of them with lengths as constants, %d as well as rounding lets them); %s%n",
                    group, agree + constants + nearer, all, constants, nearer, counts);
        });
        System.out.println("Missing, by operator:");
        missing.entrySet().stream()
                .sorted((a, b) -> b.getValue().size() - a.getValue().size())
                .forEach(e -> System.out.println(e.getValue().size() + " " + e.getKey() + ", such as "
                        + e.getValue().getFirst()));
        System.out.println("Failing:");
        failing.forEach(System.out::println);
        System.out.println("Different:");
        different.forEach(System.out::println);
    }
}
