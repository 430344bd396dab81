package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlace;
import heddle.compiler.tile.TileStmt;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Emitted code holds tiles where the schedule says. Models of one kernel with a loop, so that each declaration is that kernel's. */
class PlacesTest {
    private static final Pattern WORKERS = Pattern.compile("(\\w+)Tile = (?:new |tilesAt)");
    private static final Pattern GROUPS = Pattern.compile("\\w+\\[\\] (\\w+)Tile = context\\.allocate");

    static List<String> names() {
        return CorpusFile.names("fuses");
    }

    private static List<TileKernel> looped(Plan plan) {
        return plan.launches().stream()
                .filter(k -> k.body().stream().anyMatch(TileStmt.Loop.class::isInstance))
                .toList();
    }

    private static Set<String> placed(TileKernel kernel, TilePlace place) {
        return kernel.program().definitions().stream()
                .map(TileStmt.Define::tile)
                .filter(t -> kernel.schedule().place(t) == place)
                .map(t -> t.name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> declared(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        Matcher m = pattern.matcher(text);
        while (m.find()) {
            names.add(m.group(1));
        }
        return names;
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("names")
    void tilesAreDeclaredWhereTheyArePlaced(String name) {
        HeddleModel model = Heddle.model(CorpusFile.read(name).path());
        Plan plan = model.compilation(Fusion.FUSED).plan();
        List<TileKernel> kernels = looped(plan);
        if (kernels.size() == 1) {
            Set<String> arrays = declared(
                    WORKERS, new JvmWriter(Processor.of(16, 2)).write(plan).text());
            TileKernel kernel = kernels.getFirst();
            arrays.removeIf(array -> kernel.program().definitions().stream()
                    .noneMatch(d -> d.tile().name().equals(array)));
            assertEquals(placed(kernel, TilePlace.LOCAL), arrays, name + ": tiles of a worker");
        }
        Plan device = model.compilation(Fusion.FUSED, new DevicePolicy(TornadoTarget.GPU))
                .plan();
        List<TileKernel> groups = looped(device);
        if (groups.size() == 1) {
            TileKernel kernel = groups.getFirst();
            String text = new TornadoWriter(TornadoTarget.GPU).write(device).text();
            for (String array : declared(GROUPS, text)) {
                boolean local = placed(kernel, TilePlace.LOCAL).contains(array);
                boolean factor = kernel.program().definitions().stream()
                        .anyMatch(d -> d.tile().name().equals(array)
                                && kernel.program().isOperand(d.tile()));
                assertTrue(
                        local || factor,
                        name + ": " + array + " is in local memory, and no thread reads it from there");
            }
            assertEquals(Set.of(), placed(kernel, TilePlace.IN_PLACE), name + ": devices load operands");
        }
    }
}
