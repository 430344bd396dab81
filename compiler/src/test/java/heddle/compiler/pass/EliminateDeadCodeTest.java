package heddle.compiler.pass;

import org.junit.jupiter.api.Test;

class EliminateDeadCodeTest {
    private static final EliminateDeadCode PASS = new EliminateDeadCode();

    @Test
    void whatNoOutputNeedsGoesAndInputsStay() {
        GraphTexts.assertBecomes(PASS, """
                %0 = input {name = "x"} : f32[N]
                %1 = input {name = "unused"} : f32[N]
                %2 = weight {name = "w"} : f32[N]
                %3 = add(%1, %2) : f32[N]
                %4 = neg(%0) : f32[N]
                output y = %4
                """, """
                %0 = input {name = "x"} : f32[N]
                %1 = input {name = "unused"} : f32[N]
                %2 = neg(%0) : f32[N]
                output y = %2
                """);
    }

    @Test
    void doesNotFire() {
        GraphTexts.assertDoesNotFire(PASS, """
                %0 = input {name = "x"} : f32[N]
                %1 = neg(%0) : f32[N]
                output y = %1
                """);
    }
}
