package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.schedule.Plan;
import heddle.runtime.Heddle;
import heddle.runtime.KernelTiming;
import heddle.runtime.tornado.Message.Done;
import heddle.runtime.tornado.Message.Reply;
import heddle.runtime.tornado.Message.Started;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphTimesTest {
    @TempDir
    Path dir;

    /** Replies reach the caller all at once when it is busy; what they say was measured where the kernels ran. */
    @Test
    void areThoseOfTheJvmThatRuns() throws IOException {
        Path file = Files.writeString(dir.resolve("m.heddle"), "dim N\ninput x: f32[N]\noutput y = exp(x)\n");
        Plan plan = Heddle.model(file).compilation(Fusion.FUSED).plan();
        DeviceCode code = ScriptedProgram.of("").apply(1);
        GraphTimes times = new GraphTimes(plan, code, Map.of("N", 3L));
        assertEquals(-1, times.last());
        for (Reply reply : List.of(new Started(0, 100), new Started(1, 7_100), new Done(5_000_000_007_100L))) {
            times.add(sent(reply));
        }
        assertEquals(1, times.last());
        List<KernelTiming> told = new ArrayList<>();
        times.ended(told::add);
        assertEquals(
                List.of("map_0 7000", "attention_1 5000000000000"),
                told.stream().map(t -> t.name() + " " + t.nanos()).toList());
    }

    private static Reply sent(Reply reply) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reply.write(new DataOutputStream(out));
        return (Reply) Message.read(new DataInputStream(new ByteArrayInputStream(out.toByteArray())));
    }
}
