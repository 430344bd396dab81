package heddle.runtime.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorFormatTest {
    @TempDir
    Path dir;

    @Test
    void linesOfVectorsAreJsonWhateverTheirElementsAre() throws IOException {
        Path output = dir.resolve("v.jsonl");
        try (PartialVectors vectors = PartialVectors.begin(output, "settings", 4)) {
            float[] vector = {Float.NaN, -1.5e-7f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
            vectors.append(new TextLine(3, "text", Optional.of("\"b\"")), vector);
            VectorFormat.JSONL.write(vectors, output);
        }
        String line = Files.readString(output);
        assertEquals("{\"line\":3,\"id\":\"b\",\"vector\":[null,-1.5E-7,null,null]}\n", line);
        List<?> read = (List<?>) JSON.std.mapFrom(line).get("vector");
        assertEquals(Arrays.asList(null, -1.5e-7, null, null), read);
        assertFalse(Files.exists(PartialVectors.of(output)));
    }
}
