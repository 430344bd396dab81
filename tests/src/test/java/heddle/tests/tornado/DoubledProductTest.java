package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.runtime.Heddle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is added to itself in floats: TornadoVM cannot compile that of a product ({@code docs/tornado.md}). */
class DoubledProductTest {
    private static final Pattern DOUBLED = Pattern.compile(".*[=(] (\\w+) \\+ \\1;.*");

    @TempDir
    Path folder;

    @Test
    void isATwofoldProduct() throws IOException {
        Path model = Files.writeString(folder.resolve("m.heddle"), """
                dim N
                input x: f32[N, 8]
                input t: f64[N, 8]
                let product = x * 3.0
                output y = product + product
                output z = t * 3.0 + t * 3.0
                """);
        for (Fusion fusion : Fusion.values()) {
            String text = new TornadoWriter(TornadoTarget.GPU)
                    .write(Heddle.model(model)
                            .compilation(fusion, new DevicePolicy(TornadoTarget.GPU))
                            .plan())
                    .text();
            assertEquals(
                    List.of(),
                    text.lines().filter(line -> DOUBLED.matcher(line).matches()).toList());
            assertTrue(text.contains("2f * ") && text.contains("2.0 * "), text);
        }
    }
}
