package heddle.compiler.pass;

import org.junit.jupiter.api.Test;

class EliminateCommonSubexpressionsTest {
    private static final EliminateCommonSubexpressions PASS = new EliminateCommonSubexpressions();

    @Test
    void equalComputationsBecomeOneThroughTheirUsers() {
        GraphTexts.assertBecomes(PASS, """
                %0 = input {name = "x"} : f32[N]
                %1 = weight {name = "w"} : f32[N]  // layer.0 a.heddle:1:1
                %2 = weight {name = "w"} : f32[N]  // layer.1 a.heddle:1:1
                %3 = mul(%0, %1) : f32[N]
                %4 = mul(%0, %2) : f32[N]
                %5 = add(%3, %4) : f32[N]
                output y = %5
                output z = %4
                """, """
                %0 = input {name = "x"} : f32[N]
                %1 = weight {name = "w"} : f32[N]  // layer.0 a.heddle:1:1
                %2 = mul(%0, %1) : f32[N]
                %3 = add(%2, %2) : f32[N]
                output y = %3
                output z = %2
                """);
    }

    @Test
    void whatDiffersStays() {
        GraphTexts.assertDoesNotFire(PASS, """
                %0 = input {name = "x"} : f32[N]
                %1 = input {name = "y"} : f32[N]
                %2 = sub(%0, %1) : f32[N]
                %3 = sub(%1, %0) : f32[N]
                %4 = constant {values = [0.0]} : f32[]
                %5 = constant {values = [-0.0]} : f32[]
                %6 = dropout(%2) {p = 0.5, ordinal = 0} : f32[N]
                %7 = dropout(%2) {p = 0.5, ordinal = 1} : f32[N]
                output a = %6
                output b = %7
                output c = %5
                """);
    }
}
