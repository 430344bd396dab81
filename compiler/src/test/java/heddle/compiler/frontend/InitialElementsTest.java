package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.type.Initialiser;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InitialElementsTest {
    @Test
    void readsEachKind() {
        assertEquals(Optional.of(Initialiser.normal(0.02)), initial("normal(0.02)"));
        assertEquals(Optional.of(Initialiser.normal(0.5)), initial("normal(1 / sqrt(4))"));
        assertEquals(Optional.of(Initialiser.uniform(-1, 2)), initial("uniform(high = 2, low = -1)"));
        assertEquals(Optional.of(Initialiser.constant(3)), initial("constant(3)"));
        assertEquals(Optional.of(Initialiser.constant(0)), initial("zeros"));
        assertEquals(Optional.of(Initialiser.constant(1)), initial("ones"));
    }

    private static Optional<Initialiser> initial(String written) {
        Model m = Elaborated.of("output y = weight \"w\" : f32[2] = " + written);
        return m.weights().getFirst().initial();
    }

    @Test
    void isSaidByAnyUseOfTheWeight() {
        Model m = Elaborated.of("""
                input x: f32[2, 2]
                output y = x @ weight "w" : f32[2, 2]
                output z = x @ weight "w" : f32[2, 2] = normal(1)
                output u = x @ weight "w" : f32[2, 2]
                output v = x @ weight "v" : f32[2, 2]
                """);
        assertEquals(2, m.weights().size());
        Declaration w = m.weights().getFirst();
        assertEquals("w", w.name());
        assertEquals(Optional.of(Initialiser.normal(1)), w.initial());
        assertEquals(Optional.empty(), m.weights().getLast().initial());
    }

    @Test
    void staysBehindWhatTheWeightIsHeldAs() {
        Model m = Elaborated.of("output y = weight \"w\" : f32[2, 2] as bf16 = ones");
        Declaration w = m.weights().getFirst();
        assertEquals("bf16", w.held().text());
        assertEquals(Optional.of(Initialiser.constant(1)), w.initial());
    }
}
