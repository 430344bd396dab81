package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.scheduled.ActionListing;
import heddle.compiler.scheduled.ProcessorScheduler;
import heddle.compiler.scheduled.group.DeviceScheduler;
import heddle.compiler.tile.ProgramListing;
import heddle.compiler.tile.ScheduleListing;
import heddle.runtime.Heddle;
import heddle.tests.GoldenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What small models become at each step: tiles, schedules, actions and Java of the jvm target, actions of devices. */
class GoldenKernelsTest {
    private static final Path MODELS = Path.of("src", "test", "resources", "kernels");
    private static final Processor TARGET = Processor.of(16, 2);

    private static Plan plan(String model) {
        return Heddle.model(MODELS.resolve(model + ".heddle"))
                .compilation(Fusion.FUSED)
                .plan();
    }

    @ParameterizedTest
    @ValueSource(strings = {"causal-attention", "decode", "epilogue", "normalisation", "elementwise"})
    void kernelsAreWhatTheyWere(String model) throws IOException {
        Plan plan = plan(model);
        String listing = plan.launches().stream()
                .map(k -> ProgramListing.of(k.program())
                        + ScheduleListing.of(k)
                        + ActionListing.of(ProcessorScheduler.schedule(k, TARGET.lanes())))
                .collect(Collectors.joining("\n"));
        GoldenFile.check(MODELS.resolve(model + ".txt"), listing);
    }

    /** The order of what a group of threads does; {@code GoldenJavaTest} has the code. */
    @ParameterizedTest
    @ValueSource(strings = {"causal-attention", "epilogue", "normalisation", "elementwise"})
    void groupsDoWhatTheyDid(String model) throws IOException {
        Plan plan = Heddle.model(MODELS.resolve(model + ".heddle"))
                .compilation(Fusion.FUSED, new DevicePolicy(TornadoTarget.GPU))
                .plan();
        String listing = plan.launches().stream()
                .map(k -> ActionListing.of(DeviceScheduler.schedule(k)))
                .collect(Collectors.joining("\n"));
        GoldenFile.check(MODELS.resolve(model + "-device.txt"), listing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"causal-attention", "epilogue", "normalisation"})
    void javaIsWhatItWas(String model) throws IOException {
        GoldenFile.check(
                MODELS.resolve(model + ".java.txt"),
                new JvmWriter(TARGET).write(plan(model)).text());
    }

    /** Short enough to be read: no dead masks, no method with more than a dozen parameters, no name for what is wanted once. */
    @Test
    void causalAttentionIsShort() {
        String text = new JvmWriter(TARGET).write(plan("causal-attention")).text();
        assertTrue(text.lines().count() < 450, text.lines().count() + " lines");
    }
}
