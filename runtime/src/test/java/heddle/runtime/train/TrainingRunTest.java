package heddle.runtime.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.train.TrainingRun.Listener;
import heddle.runtime.train.TrainingRun.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {
    private static final long STEPS = 40;

    private final HeddleModel model = TrainedModels.model(TrainedModels.BIGRAMS, Map.of("N", 17L));

    @TempDir
    Path dir;

    private TokenFile text;

    @BeforeEach
    void write() throws IOException {
        text = TokenFile.open(TrainedModels.text(dir.resolve("text"), 20_000), TokenFile.Width.BYTE);
    }

    private TrainingRun run(String name, long seed) {
        TrainingSettings settings = TrainingSettings.of(0.5, STEPS).withSeed(seed);
        Schedule schedule = new Schedule(STEPS, 2, dir.resolve(name + ".safetensors"), 11, 20, 3);
        return new TrainingRun(
                model, TrainedModels.trainer(model, settings, 2), text, Batches.of(text, model, 16, seed), schedule);
    }

    private static Listener stopping(TrainingRun run, long at) {
        return new Listener() {
            @Override
            public void stepped(Trainer.Step step) {
                if (step.number() == at) {
                    run.stop();
                }
            }
        };
    }

    private byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(dir.resolve(name));
    }

    @Test
    void learnsWhatBigramsHave() throws IOException {
        OptionalDouble loss = run("whole", 1).run(false, new Listener() {});
        double bits = loss.orElseThrow() / Math.log(2);
        double counted = Ngrams.bits(text, 2);
        assertTrue(bits < counted + 0.3 && bits > counted - 0.1, bits + " bits, counted " + counted);
        List<String> lines = Files.readAllLines(dir.resolve("whole.csv"));
        assertEquals(1 + STEPS, lines.size());
        assertEquals("step,loss,norm,rate,held_out", lines.getFirst());
        assertEquals(2, lines.stream().skip(1).filter(l -> !l.endsWith(",")).count());
        String svg = Files.readString(dir.resolve("whole.svg"));
        assertTrue(svg.startsWith("<svg") && svg.endsWith("</svg>\n") && svg.contains("bits a byte"), svg);
    }

    @Test
    void stopsAndResumesToTheSameBits() throws IOException {
        run("whole", 1).run(false, new Listener() {});
        TrainingRun first = run("parts", 1);
        assertEquals(OptionalDouble.empty(), first.run(false, stopping(first, 16)));
        TrainingRun second = run("parts", 1);
        assertTrue(second.canResume());
        second.run(true, stopping(second, 29));
        run("parts", 1).run(true, new Listener() {});
        assertArrayEquals(bytes("whole.safetensors"), bytes("parts.safetensors"));
        assertArrayEquals(bytes("whole.csv"), bytes("parts.csv"));
        assertArrayEquals(bytes("whole.svg"), bytes("parts.svg"));
    }

    @Test
    void cutsTheLogToItsCheckpoint() throws IOException {
        run("whole", 1).run(false, new Listener() {});
        TrainingRun first = run("parts", 1);
        first.run(false, stopping(first, 16));
        Files.writeString(dir.resolve("parts.csv"), Files.readString(dir.resolve("parts.csv")) + "17,0.1,0.1,0.1");
        run("parts", 1).run(true, new Listener() {});
        assertArrayEquals(bytes("whole.csv"), bytes("parts.csv"));
    }

    @Test
    void refusesACheckpointOfAnotherTraining() throws IOException {
        TrainingRun first = run("parts", 1);
        first.run(false, stopping(first, 3));
        DiagnosticException e =
                assertThrows(DiagnosticException.class, () -> run("parts", 2).run(true, new Listener() {}));
        assertTrue(e.getMessage().contains("of a training with another settings"), e.getMessage());
        Files.delete(dir.resolve("parts.csv"));
        e = assertThrows(DiagnosticException.class, () -> run("parts", 1).run(true, new Listener() {}));
        assertTrue(e.getMessage().contains("parts.csv is not there"), e.getMessage());
    }
}
