package heddle.dsl.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.dsl.source.SourceFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each mistake in a file is reported once, at its place, and the rest of the file is read. */
class RecoveryTest {
    private static void reports(String text, String expected) {
        String found = Parser.parse(new SourceFile("t", text)).diagnostics().stream()
                .map(d -> d.primary().orElseThrow().span().toString().substring(2) + " "
                        + d.code().id() + " " + d.message() + "\n")
                .collect(Collectors.joining());
        assertEquals(expected, found);
    }

    @Test
    void severalMistakesInOneFile() {
        reports("""
                let a = 1 +
                let b == 2
                let in = 3
                let d = f(x y)
                output e = a
                let e = a b
                """, """
                1:12 H0101 expected an expression after `+`
                2:7 H0109 `==` gives no value to a name
                3:5 H0108 `in` cannot be a name
                4:13 H0101 expected `,` or `)` after `x`
                6:11 H0101 expected an operator or the end of the statement after `a`
                """);
    }

    @Test
    void mistakesInsideBlocksLeaveTheBlockWhole() {
        reports("""
                fn f(x) {
                    let a = 1 +
                    for l in 3 { x = l }
                    return x
                }
                let b = f(
                """, """
                2:16 H0101 expected an expression after `+`
                3:16 H0118 `for` needs a range
                6:10 H0102 this bracket is never closed
                """);
    }

    @Test
    void bracketsPointAtTheOpeningOne() {
        reports("""
                let a = f(g(1)
                let b = [1, 2)
                fn h(x) {
                    return (x
                fn k(x) = x
                let c = x)
                }
                """, """
                1:10 H0102 this bracket is never closed
                2:14 H0104 `)` does not close `[`
                3:9 H0102 this block is never closed
                4:12 H0102 this bracket is never closed
                6:10 H0103 `)` closes nothing
                7:1 H0103 `}` closes nothing
                """);
    }

    @Test
    void aMissingBraceCostsOneMessage() {
        reports("""
                fn f(x) {
                    for l in 0 .. 3
                        x = x + l
                    }
                    return x
                }
                """, "2:20 H0101 expected `{` after `3`\n");
    }

    @Test
    void foreignSpellingsAreReadAsMeant() {
        reports("""
                let a = b && !c || d ^ 2
                x += 1
                # note
                let e = 'text'
                def f(x) = 1
                while x { y = 1 }
                var z = 1
                if a { y = 1 } elif b { y = 2 }
                """, """
                1:11 H0107 `&&` is not Heddle
                1:14 H0107 `!` is not Heddle
                1:17 H0107 `||` is not Heddle
                1:22 H0107 `^` is not Heddle
                2:3 H0107 `+=` is not Heddle
                3:1 H0107 comments start with `//`
                4:9 H0107 strings stand in double quotes
                5:1 H0107 `def` is not a word of Heddle
                6:1 H0107 `while` is not a word of Heddle
                7:1 H0107 `var` is not a word of Heddle
                8:16 H0107 `elif` is not a word of Heddle
                """);
    }

    @Test
    void wordsAndNumbers() {
        reports("""
                let a = "abc
                let b = 12abc + .5 + 1.
                let c = naïve ? 1
                let d = 99999999999999999999 + 1e999
                let e = "\\q{}{l"
                """, """
                1:9 H0105 this string never ends
                2:9 H0110 `12abc` is neither a number nor a name
                2:17 H0110 `.5` is neither a number nor a name
                2:23 H0106 the character `.` means nothing here
                3:9 H0106 `naïve` has letters that no name may have
                3:15 H0107 `?` is not Heddle
                4:9 H0111 this integer is too large
                4:32 H0111 this number is too large
                5:10 H0112 `\\q` is not an escape
                5:12 H0113 this hole is empty
                5:14 H0113 this hole is never closed
                """);
    }

    @Test
    void statementsInTheWrongPlace() {
        reports("""
                let a = 1
                model Late
                return a
                f(a)
                a[0] = 1
                fn g(x) {
                    output y = x
                    input z: f32
                }
                if a = 1 { a = 2 }
                """, """
                2:1 H0115 `model` names the file on its first line
                3:1 H0115 `return` may only stand in a function
                4:1 H0117 this value is not given to anything
                5:1 H0117 this value is not given to anything
                7:5 H0115 `output` may only stand at the top of a file
                8:5 H0115 `input` may only stand at the top of a file
                10:6 H0109 `=` does not compare
                """);
    }
}
