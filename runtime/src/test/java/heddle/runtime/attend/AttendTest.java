package heddle.runtime.attend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class AttendTest {
    private static final boolean[] SEPARATOR = {true, false, false, false, false, false, true};

    private static float[][] looking(int offset) {
        float[][] p = new float[7][7];
        for (int i = 0; i < 7; i++) {
            p[i][Math.clamp(i + offset, 0, 6)] = 1;
        }
        return p;
    }

    private static Observation observation(String text, float angle) {
        float[][] vectors = new float[7][2];
        for (int i = 0; i < 7; i++) {
            vectors[i] = new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
        }
        float[][] still = new float[7][2];
        for (float[] v : still) {
            v[0] = 1;
        }
        return new Observation(
                text,
                List.of("[CLS]", "the", "bank", "is", "near", "</script>", "[SEP]"),
                SEPARATOR,
                still,
                List.of(new Observation.Layer("layer.0", still, new float[][][] {looking(-1), looking(1)})),
                vectors);
    }

    @Test
    void headsAreNamedByWhereTheyLook() {
        assertEquals("previous token", HeadProfile.of(looking(-1), SEPARATOR).label());
        assertEquals("next token", HeadProfile.of(looking(1), SEPARATOR).label());
        assertEquals("itself", HeadProfile.of(looking(0), SEPARATOR).label());
        float[][] first = new float[7][7];
        for (float[] row : first) {
            row[0] = 1;
        }
        assertEquals("separators", HeadProfile.of(first, SEPARATOR).label());
        float[][] far = new float[7][7];
        for (int i = 0; i < 7; i++) {
            far[i][i < 3 ? 5 : 1] = 1;
        }
        HeadProfile profile = HeadProfile.of(far, new boolean[7]);
        assertEquals("distant tokens", profile.label());
        assertEquals(
                1,
                profile.separators() + profile.self() + profile.neighbours() + profile.near() + profile.distant(),
                1e-12);
    }

    @Test
    void journeyStartsAtTheStaticEmbeddingAndTurnsWithTheContext() {
        Observation here = observation("here", 0.5f);
        Journey journey = Journey.of(here, 2, List.of(observation("there", 1.5f), here));
        assertEquals(1, journey.stages().getFirst().toStatic(), 1e-6);
        Journey.Stage last = journey.stages().getLast();
        assertEquals(Math.cos(0.5), last.toStatic(), 1e-6);
        assertEquals(Math.cos(1.0), last.toContexts().get(0), 1e-6);
        assertEquals(1, last.toContexts().get(1), 1e-6);
    }

    @Test
    void theTableShowsTheData() {
        Observation here = observation("here & <there>", 0.5f);
        List<Observation> contexts = List.of(observation("elsewhere", 1f));
        Journey journey = Journey.of(here, 2, contexts);
        String table = AttendTable.render(here, 2, journey, contexts);
        assertTrue(table.contains("previous token"), table);
        assertTrue(table.contains("the 1.00"), table);
        assertTrue(table.contains("\"bank\" at the same layer of \"elsewhere\""), table);
    }

    @Test
    void tokensAreFoundIgnoringCase() {
        assertEquals(2, observation("x", 0).find("Bank").orElseThrow());
        assertTrue(observation("x", 0).find("shore").isEmpty());
    }
}
