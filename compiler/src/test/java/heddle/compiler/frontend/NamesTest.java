package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Where names are seen and what they stand for. */
class NamesTest {
    @Test
    void functionsSeeWhatIsDeclaredWhenTheyAreCalled() {
        assertEquals("i64[5]", Elaborated.typeOfY("fn f() = iota(n + m)", "let n = 2", "let m = 3", "output y = f()"));
    }

    @Test
    void parametersHideNamesOfTheFile() {
        assertEquals("i64[3]", Elaborated.typeOfY("let n = 2", "fn f(n) = iota(n)", "output y = f(3)"));
    }

    @Test
    void defaultsSeeEarlierParameters() {
        assertEquals("i64[6]", Elaborated.typeOfY("fn f(a, b = a * 2) = iota(b)", "output y = f(3)"));
    }

    @Test
    void assignmentsInFunctionsStayThere() {
        String[] model = {
            "let n = 2", "fn f(n) {", "n = n + 1", "return iota(n)", "}", "let z = f(n)", "output y = iota(n)"
        };
        assertEquals("i64[2]", Elaborated.typeOfY(model));
    }

    @Test
    void loopsRebindOuterNamesAndForgetTheirOwn() {
        assertEquals(
                "i64[10]",
                Elaborated.typeOfY(
                        "let n = 0", "for i in 0 .. 5 {", "let t = i", "n = n + t", "}", "output y = iota(n)"));
        assertEquals(List.of("H0201"), Elaborated.codes("for i in 0 .. 5 { let t = i }", "output y = iota(t)"));
    }

    @Test
    void anEmptyLoopDoesNothing() {
        assertEquals("i64[7]", Elaborated.typeOfY("let n = 7", "for i in 3 .. 3 { n = 0 }", "output y = iota(n)"));
    }

    @Test
    void aReturnEndsTheFunctionAtOnce() {
        String[] model = {
            "fn f(n) {", "for i in 0 .. 9 { if i == n { return iota(i) } }", "return iota(100)", "}", "output y = f(4)"
        };
        assertEquals("i64[4]", Elaborated.typeOfY(model));
    }

    @Test
    void valuesMayHaveNamesOfLanguageFunctions() {
        assertEquals("i64[3]", Elaborated.typeOfY("let size = 3", "input x: f32[3]", "output y = iota(size(x, 0))"));
    }

    @Test
    void modelsMayReplaceLanguageFunctions() {
        assertEquals(
                "f32[1, 3]", Elaborated.typeOfY("fn relu(x) = x[new, :]", "input x: f32[3]", "output y = relu(x)"));
    }

    @Test
    void functionsArePassedOn() {
        String[] model = {
            "fn twice(f, x) = f(f(x))", "fn wider(x) = x[new]", "input x: f32[3]", "output y = twice(wider, gelu(x))"
        };
        assertEquals("f32[1, 1, 3]", Elaborated.typeOfY(model));
        assertEquals("f32[3]", Elaborated.typeOfY("fn act(f, x) = f(x)", "input x: f32[3]", "output y = act(gelu, x)"));
    }

    @Test
    void severalResultsAreTakenApart() {
        String[] model = {"fn f(x) {", "return x, x[0]", "}", "input x: f32[3]", "let a, b = f(x)", "output y = b"};
        assertEquals("f32[]", Elaborated.typeOfY(model));
    }

    @Test
    void aMistakeIsReportedOnceAndOthersToo() {
        String[] model = {
            "input x: f32[3]",
            "let a = x @ x[0:2]",
            "let b = a + a * 2",
            "for i in 0 .. 4 { let c = b + nothing }",
            "output y = softmax(b, axis = nothing)",
            "output z = relu(x, x)"
        };
        assertEquals(List.of("H0302", "H0201", "H0401"), Elaborated.codes(model));
    }
}
