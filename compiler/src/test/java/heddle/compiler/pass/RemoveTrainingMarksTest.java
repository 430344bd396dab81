package heddle.compiler.pass;

import org.junit.jupiter.api.Test;

class RemoveTrainingMarksTest {
    private static final RemoveTrainingMarks PASS = new RemoveTrainingMarks();

    @Test
    void marksGoAwayAtOnce() {
        GraphTexts.assertBecomes(PASS, """
                %0 = input {name = "x"} : f32[N]
                %1 = dropout(%0) {p = 0.1} : f32[N]
                %2 = stop_gradient(%1) : f32[N]
                %3 = anchor(%2) : f32[N]
                output y = %3
                """, """
                %0 = input {name = "x"} : f32[N]
                output y = %0
                """);
    }

    @Test
    void marksStayWhereGradientsAreTaken() {
        GraphTexts.assertDoesNotFire(PASS, """
                %0 = input {name = "x"} : f32[]
                %1 = stop_gradient(%0) : f32[]
                %2 = mul(%0, %1) : f32[]
                %3 = gradient(%2, %0) : f32[]
                output y = %3
                """);
    }
}
