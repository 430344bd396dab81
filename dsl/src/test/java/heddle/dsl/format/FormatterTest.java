package heddle.dsl.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import org.junit.jupiter.api.Test;

class FormatterTest {
    private static void formats(String text, String expected) {
        assertEquals(expected, Formatter.format(new SourceFile("t.heddle", text)));
    }

    @Test
    void spacesAndEmptyLines() {
        formats("""


                model   Foo
                dim B,N=typical   8


                let x=f(a,axis=-1)[0,i+1:,a:b] ;let y = (a+b)*-c**2
                """, """
                model Foo
                dim B, N = typical 8

                let x = f(a, axis = -1)[0, i + 1 :, a:b]
                let y = (a + b) * -c ** 2
                """);
    }

    @Test
    void numbersAndBracketsStayAsWritten() {
        formats("let x = ((1_000)) + 1.50e-3\n", "let x = ((1_000)) + 1.50e-3\n");
    }

    @Test
    void alignsInputTypesAndCommentsAtLineEnds() {
        formats("""
                input ids: i64[B, N] // the tokens
                input attention: i64[B]// who may look
                let x = 1
                """, """
                input ids:       i64[B, N]  // the tokens
                input attention: i64[B]     // who may look
                let x = 1
                """);
    }

    @Test
    void blocksOnOneLineStayThereIfTheyFit() {
        formats("for l in 0..3{x=f(x)}\n", "for l in 0 .. 3 { x = f(x) }\n");
        formats("if a {\nx = 1 } else { x = 2 }\n", """
                if a {
                    x = 1
                } else {
                    x = 2
                }
                """);
        formats("fn f(x) {}\n", "fn f(x) {}\n");
    }

    @Test
    void longListsTakeOneLineForEachElement() {
        formats(
                "let x = concat([first_long_operand_name, second_long_operand_name, third_long_operand_name, another], axis = -1)\n",
                """
                let x = concat(
                    [first_long_operand_name, second_long_operand_name, third_long_operand_name, another],
                    axis = -1,
                )
                """);
    }

    @Test
    void longExpressionsBreakAfterTheLoosestOperators() {
        formats(
                "let x = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa * bbbbbbbbbbbbbbbbbbbbbbbbbbbb + ccccccccccccccccccccccccc * dddddd\n",
                """
                let x =
                    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa * bbbbbbbbbbbbbbbbbbbbbbbbbbbb +
                    ccccccccccccccccccccccccc * dddddd
                """);
        formats(
                "let x = if some_condition_number_one then some_value_number_one else if condition_two then value_two else three\n",
                """
                let x =
                    if some_condition_number_one then some_value_number_one
                    else if condition_two then value_two
                    else three
                """);
    }

    @Test
    void whatAWeightIsHeldAsStaysBehindItsType() {
        formats(
                "let w = weight  \"w\":f32[2,4]   as i4  per block   scales \"s\"\n",
                "let w = weight \"w\" : f32[2, 4] as i4 per block scales \"s\"\n");
    }

    @Test
    void whatAWeightBeginsWithStandsLast() {
        formats(
                "let w = weight \"w\":f32[4]=zeros, v = weight \"v\":f32[2]as f16=uniform(-1,high=1)\n",
                "let w = weight \"w\" : f32[4] = zeros, v = weight \"v\" : f32[2] as f16 = uniform(-1, high = 1)\n");
    }

    @Test
    void aFunctionThatDoesNotFitPutsItsExpressionOnTheNextLine() {
        formats(
                "fn linear(x, name, inputs, outputs) = x @ weight \"{name}.weight\" : f32[inputs, outputs] + weight \"{name}.bias\" : f32[outputs]\n",
                """
                fn linear(x, name, inputs, outputs) =
                    x @ weight "{name}.weight" : f32[inputs, outputs] + weight "{name}.bias" : f32[outputs]
                """);
    }

    @Test
    void commentsStayWithWhatTheyStandAt() {
        formats("""
                // head

                fn f(x) { // opens
                  // inside
                  let q = g(a, // the a
                    // the b
                    b
                    // end
                  )
                  // last
                } // closes
                // tail
                """, """
                // head

                fn f(x) {  // opens
                    // inside
                    let q = g(
                        a,  // the a
                        // the b
                        b,
                        // end
                    )
                    // last
                }  // closes
                // tail
                """);
    }

    @Test
    void aFileWithMistakesIsNotTouched() {
        assertThrows(DiagnosticException.class, () -> Formatter.format(new SourceFile("t.heddle", "let x =\n")));
    }

    @Test
    void anEmptyFileStaysEmpty() {
        formats("\n\n", "");
        formats("// only this", "// only this\n");
    }
}
