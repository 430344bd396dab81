package heddle.runtime.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProcessorNameTest {
    @Test
    void theFirstProcessorHasTheName() {
        Stream<String> lines = Stream.of(
                "processor\t: 0", "model\t\t: 17", "model name\t: Some CPU: 3 GHz", "model name\t: Another CPU");
        assertEquals(Optional.of("Some CPU: 3 GHz"), ProcessorName.named(lines));
    }

    @Test
    void somePlatformsGiveNone() {
        assertEquals(Optional.empty(), ProcessorName.named(Stream.of("processor\t: 0", "model name\t: ")));
        assertEquals(Optional.empty(), ProcessorName.named(Stream.of("BogoMIPS\t: 50.00")));
    }
}
