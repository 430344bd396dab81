package heddle.runtime.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.train.TrainingRun.Listener;
import heddle.runtime.train.TrainingRun.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        double counted = Ngrams.bits(text, 2, 2).getFirst();
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

    /** The last measurement takes all that is held out, which may be much: what was learnt is kept before. */
    @Test
    void keepsWhatWasLearntBeforeTheLastMeasurement() throws IOException {
        run("whole", 1).run(false, new Listener() {});
        List<String> order = new ArrayList<>();
        TrainingRun first = run("parts", 1);
        OptionalDouble none = first.run(false, new Listener() {
            @Override
            public void tested(long step, double loss) {
                order.add("tested " + step);
            }

            @Override
            public void saved(long step) {
                order.add("saved " + step);
                if (step == STEPS) {
                    first.stop();
                }
            }
        });
        assertEquals(OptionalDouble.empty(), none);
        assertEquals(List.of("saved 11", "tested 20", "saved 22", "saved 33", "saved 40", "saved 40"), order);
        OptionalDouble loss = run("parts", 1).run(true, new Listener() {});
        assertTrue(loss.isPresent());
        assertArrayEquals(bytes("whole.safetensors"), bytes("parts.safetensors"));
        assertArrayEquals(bytes("whole.csv"), bytes("parts.csv"));
        assertArrayEquals(bytes("whole.svg"), bytes("parts.svg"));
    }

    @Test
    void replacesNoFilesOfOthers() throws IOException {
        Files.writeString(dir.resolve("a.csv"), "what,else\n1,2\n");
        DiagnosticException e =
                assertThrows(DiagnosticException.class, () -> run("a", 1).run(false, new Listener() {}));
        assertTrue(e.getMessage().contains("a.csv is no log of losses"), e.getMessage());
        assertEquals("what,else\n1,2\n", Files.readString(dir.resolve("a.csv")));
        Files.writeString(dir.resolve("b.svg"), "<svg/>");
        e = assertThrows(DiagnosticException.class, () -> run("b", 1).run(false, new Listener() {}));
        assertTrue(e.getMessage().contains("b.svg is no picture of losses"), e.getMessage());
        assertEquals("<svg/>", Files.readString(dir.resolve("b.svg")));
    }

    @Test
    void refusesALogThatWasEdited() throws IOException {
        TrainingRun first = run("parts", 1);
        first.run(false, stopping(first, 3));
        String log = Files.readString(dir.resolve("parts.csv"));
        for (String edited : List.of(
                log.replace("step", "Step"),
                log.replace("\n2,", "\nx,"),
                log.replace("\n2,", "\n2;"),
                "\u00e9" + log)) {
            Files.writeString(dir.resolve("parts.csv"), edited);
            DiagnosticException e = assertThrows(
                    DiagnosticException.class, () -> run("parts", 1).run(true, new Listener() {}));
            assertEquals(TrainCode.CHECKPOINT, e.diagnostics().getFirst().code());
            assertEquals(edited, Files.readString(dir.resolve("parts.csv")), "nothing is cut");
        }
        // A line less at the start, and as many characters more at the end.
        Files.writeString(
                dir.resolve("parts.csv"), log.replaceFirst("\n1,.*\n", "\n") + "4,1,1,1," + "1".repeat(99) + "\n");
        DiagnosticException e =
                assertThrows(DiagnosticException.class, () -> run("parts", 1).run(true, new Listener() {}));
        assertTrue(e.getMessage().contains("ends with step 4, the checkpoint with step 3"), e.getMessage());
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
        assertTrue(e.getMessage().contains("is of another training, by its settings"), e.getMessage());
        Files.delete(dir.resolve("parts.csv"));
        e = assertThrows(DiagnosticException.class, () -> run("parts", 1).run(true, new Listener() {}));
        assertTrue(e.getMessage().contains("parts.csv is not there"), e.getMessage());
    }

    /** Another training is refused before a trainer is made for it. */
    @Test
    void aCheckpointIsComparedBeforeAnythingIsCompiled() {
        TrainingRun first = run("parts", 1);
        first.run(false, stopping(first, 3));
        Schedule schedule = new Schedule(STEPS, 2, dir.resolve("parts.safetensors"), 11, 20, 3);
        TrainingSettings same = TrainingSettings.of(0.5, STEPS).withSeed(1);
        Batches batches = Batches.of(text, model, 16, 1);
        TrainingRun.requireSame(model, "loss", same, text, batches, schedule);
        DiagnosticException e = assertThrows(
                DiagnosticException.class,
                () -> TrainingRun.requireSame(model, "loss", same.withSeed(2), text, batches, schedule));
        assertTrue(e.getMessage().contains("is of another training, by its settings"), e.getMessage());
        assertEquals(
                List.of("--seed: then 1, now 2"), e.diagnostics().getFirst().notes());
        e = assertThrows(
                DiagnosticException.class,
                () -> TrainingRun.requireSame(
                        model, "loss", TrainingSettings.of(0.25, 90).withSeed(1), text, batches, schedule));
        String changed = e.diagnostics().getFirst().notes().toString();
        assertTrue(changed.startsWith("[--lr: then 0.5, now 0.25, --min-lr: then 0.05, now 0.025, "), changed);
        assertTrue(changed.contains("--steps: then " + STEPS + ", now 90"), changed);
    }

    /** Where a step fails before the first checkpoint, the log goes, and one of a run that resumes stays. */
    @Test
    void aLogStaysWithItsCheckpoint() throws IOException {
        TrainingRun first = run("parts", 1);
        assertThrows(IllegalStateException.class, () -> first.run(false, failing()));
        assertFalse(Files.exists(dir.resolve("parts.csv")));
        TrainingRun second = run("parts", 1);
        second.run(false, stopping(second, 3));
        assertThrows(IllegalStateException.class, () -> run("parts", 1).run(true, failing()));
        assertTrue(Files.exists(dir.resolve("parts.csv")));
    }

    private static Listener failing() {
        return new Listener() {
            @Override
            public void stepped(Trainer.Step step) {
                throw new IllegalStateException("step " + step.number());
            }
        };
    }
}
