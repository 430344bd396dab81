package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.ir.NdArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each function of the language on numbers small enough to be checked by hand: the table in functions.txt. */
class CatalogueTest {
    private static final String TABLE = "functions.txt";

    static List<String> rows() throws IOException {
        try (var in = CatalogueTest.class.getResourceAsStream(TABLE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.isBlank() && !l.startsWith("#"))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void givesWhatTheTableSays(String row) {
        String[] columns = row.split("\\|", -1);
        NdArray y = Elaborated.valueOfY("output y = " + columns[0].strip());
        assertEquals(columns[1].strip(), y.dtype() + Arrays.toString(y.shape()));
        double[] expected = Arrays.stream(columns[2].strip().split("\\s+"))
                .filter(v -> !v.isEmpty())
                .mapToDouble(v -> Double.parseDouble(v.replace("inf", "Infinity")))
                .toArray();
        assertArrayEquals(expected, y.data(), 1e-5, row);
    }

    @Test
    void everyFunctionIsInTheTable() throws IOException {
        String table = String.join("\n", rows());
        for (String name : Catalogue.names()) {
            assertTrue(table.contains(name + "("), "no row calls " + name);
        }
    }

    @Test
    void everyFunctionSaysWhatItDoes() {
        for (Catalogue.Section section : Catalogue.sections()) {
            for (LanguageFunction f : section.functions()) {
                assertTrue(f.summary().length() > 3 && !f.summary().endsWith("."), f.signature() + ": " + f.summary());
                assertTrue(!f.shapes().isBlank(), f.signature().toString());
            }
        }
    }
}
