package heddle.trino;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.api.Options;
import io.trino.testing.MaterializedResult;
import io.trino.testing.MaterializedRow;
import io.trino.testing.StandaloneQueryRunner;
import io.trino.testing.TestingSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Both functions in a Trino server of this process, with a small encoder of bytes. */
class EmbedFunctionsTest {
    private static final Path FILE = Path.of("src", "test", "resources", "models", "bytes.heddle");
    private static final Map<String, String> MODEL =
            Map.of("heddle.model", FILE.toString(), "heddle.weights", "random", "heddle.threads", "2");
    private static final Embedder EMBEDDER =
            Embedder.of(Heddle.model(FILE), Options.defaults().weights("random"), Embedder.Settings.defaults());

    private static StandaloneQueryRunner trino;

    @BeforeAll
    static void start() {
        trino = new StandaloneQueryRunner(TestingSession.testSessionBuilder().build());
        trino.installPlugin(new HeddlePlugin());
        trino.createCatalog("heddle", "heddle", MODEL);
    }

    @AfterAll
    static void stop() {
        trino.close();
    }

    private static MaterializedResult query(String sql) {
        return trino.execute(trino.getDefaultSession(), sql);
    }

    private static void assertVector(String text, Object actual) {
        float[] expected = EMBEDDER.embed(text);
        List<?> vector = (List<?>) actual;
        assertEquals(expected.length, vector.size());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], (Float) vector.get(i), 2e-6f, text);
        }
    }

    @Test
    void theScalarFunctionEmbedsATextOfEachRow() {
        MaterializedResult result = query(
                "SELECT body, heddle.system.embed(body) FROM (VALUES 'warp', 'the shuttle flies', '', CAST(NULL AS varchar)) t(body)");
        assertEquals("array(real)", result.getTypes().get(1).getDisplayName());
        assertEquals(4, result.getRowCount());
        for (MaterializedRow row : result) {
            if (row.getField(0) == null) {
                assertNull(row.getField(1));
            } else {
                assertVector((String) row.getField(0), row.getField(1));
            }
        }
    }

    @Test
    void theTableFunctionKeepsRowsBesideTheirVectors() {
        MaterializedResult result = query("""
                SELECT id, body, vector
                FROM TABLE(heddle.system.embed(
                    input => TABLE(SELECT id, 'thread ' || CAST(id % 7 AS varchar) AS body FROM UNNEST(sequence(1, 3000)) t(id)),
                    text => DESCRIPTOR(body)))
                ORDER BY id""");
        assertEquals(3000, result.getRowCount());
        long id = 1;
        for (MaterializedRow row : result) {
            assertEquals(id, row.getField(0));
            assertEquals("thread " + id % 7, row.getField(1));
            assertVector("thread " + id % 7, row.getField(2));
            id++;
        }
    }

    @Test
    void textsThatAreNullHaveNoVector() {
        MaterializedResult result = query("""
                SELECT body, vector
                FROM TABLE(heddle.system.embed(
                    input => TABLE(VALUES CAST(NULL AS varchar(9)), 'warp', NULL) t(body), text => DESCRIPTOR(body)))""");
        assertEquals(3, result.getRowCount());
        for (MaterializedRow row : result) {
            if (row.getField(0) == null) {
                assertNull(row.getField(1));
            } else {
                assertVector("warp", row.getField(1));
            }
        }
    }

    @Test
    void anEmptyInputHasNoRows() {
        assertEquals(0, query("""
                        SELECT vector FROM TABLE(heddle.system.embed(
                            input => TABLE(SELECT 'x' AS body WHERE false), text => DESCRIPTOR(body)))""").getRowCount());
    }

    /** Trino's own function compares vectors, so a search is one query. */
    @Test
    void aSearchIsOneQuery() {
        MaterializedResult result = query("""
                SELECT body
                FROM TABLE(heddle.system.embed(
                    input => TABLE(VALUES 'the shuttle flies', 'warp and weft', '0123456789') t(body), text => DESCRIPTOR(body)))
                ORDER BY cosine_similarity(CAST(vector AS array(double)), CAST(heddle.system.embed('warp and weft') AS array(double))) DESC
                LIMIT 1""");
        assertEquals("warp and weft", result.getOnlyValue());
    }

    @Test
    void argumentsThatDoNotFitAreRefused() {
        assertRefused("TABLE(SELECT 1 AS body)", "DESCRIPTOR(body)", "the column body is integer, not varchar");
        assertRefused("TABLE(SELECT 'x' AS body)", "DESCRIPTOR(text)", "the input has no column TEXT; it has body");
        assertRefused("TABLE(SELECT 'x' AS body)", "DESCRIPTOR(body, body)", "text names one column");
    }

    private static void assertRefused(String input, String text, String message) {
        String sql = "SELECT vector FROM TABLE(heddle.system.embed(input => " + input + ", text => " + text + "))";
        var e = assertThrows(RuntimeException.class, () -> query(sql));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void aCatalogThatCannotBeUsedSaysWhy() {
        assertNoCatalog(Map.of("heddle.model", "there/is/none.heddle"), "there is no file");
        assertNoCatalog(Map.of("heddle.modle", "x"), "there is no property heddle.modle; there are heddle.model,");
        assertNoCatalog(Map.of("heddle.threads", "many"), "heddle.threads=many is not a number");
        assertNoCatalog(Map.of("heddle.long-texts", "drop"), "neither cut nor split");
    }

    private static void assertNoCatalog(Map<String, String> properties, String message) {
        var e = assertThrows(RuntimeException.class, () -> trino.createCatalog("broken", "heddle", properties));
        assertTrue(
                String.valueOf(e).contains(message)
                        || String.valueOf(e.getCause()).contains(message),
                () -> e + " " + e.getCause());
    }
}
