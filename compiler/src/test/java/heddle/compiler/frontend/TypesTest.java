package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Types of parameters, weights and outputs. */
class TypesTest {
    @Test
    void freshNamesTakeTheLengthsOfTheArgument() {
        String[] model = {
            "dim B, N", "input x: f32[B, N, 8]", "fn f(x: f32[B, n, d]) = reshape(x, [n * d, B])", "output y = f(x)"
        };
        assertEquals("f32[8*N, B]", Elaborated.typeOfY(model));
    }

    @Test
    void lengthsMayBeComputedFromFreshNames() {
        String[] model = {"dim N", "input x: f32[N, 8]", "input w: f32[8, 16]"};
        String f = "fn f(x: f32[n, d], w: f32[d, 2 * d]) = x @ w";
        assertEquals("f32[N, 16]", Elaborated.typeOfY(model[0], model[1], model[2], f, "output y = f(x, w)"));
        assertEquals(List.of("H0313"), Elaborated.codes(model[0], model[1], model[2], f, "output y = f(w, x)"));
    }

    @Test
    void declaredNamesMustAgree() {
        String[] model = {"dim N, M", "input x: f32[M]", "fn f(x: f32[N]) = x", "output y = f(x)"};
        assertEquals(List.of("H0313"), Elaborated.codes(model));
    }

    @Test
    void aNumberIsAScalarOfTheParametersType() {
        assertEquals("f16[]", Elaborated.typeOfY("fn f(x: f16) = x * 2", "output y = f(3)"));
    }

    @Test
    void aWeightIsOneNodeHoweverOftenItIsUsed() {
        Model m = Elaborated.of("fn w(i) = weight \"w.{i % 2}\" : f32[4]", "output y = w(0) + w(1) + w(2) + w(3)");
        assertEquals(
                List.of("w.0", "w.1"),
                m.weights().stream().map(Model.Declaration::name).toList());
    }

    @Test
    void outputTypesAreChecked() {
        assertEquals("f32[3]", Elaborated.typeOfY("input x: f32[3]", "output y: f32[1 + 2] = x"));
        assertEquals(List.of("H0314"), Elaborated.codes("input x: f32[3]", "output y: f16[3] = x"));
    }

    @Test
    void lengthsOfTheModelAreListed() {
        Model m = Elaborated.of("dim B, N", "input x: f32[B, N]", "output y = x");
        assertEquals(
                List.of("B", "N"),
                m.lengths().stream().map(Model.NamedLength::name).toList());
    }
}
