package heddle.compiler.ir.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.dsl.diagnostic.DiagnosticException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each case is the text of a graph with one mistake, and the message. */
class GraphReaderTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    grph                                                     | 1:1: H1001: expected "graph" at the start of a graph, found "g"
                    graph g { }                                              | fine
                    graph g {                                                | 1:10: H1001: expected "output" or a node such as %0 = …, found the end of the text
                    graph g { } x                                            | 1:13: H1001: expected nothing after the graph, found "x"
                    graph g { %0 = iota {length = 3} : i64[3                 | 1:41: H1001: expected "]" after the lengths, found the end of the text
                    graph g { %0 = iot {length = 3} : i64[3] }               | 1:16: H1002: there is no operation "iot"
                    graph g { %0 = neg(%1) : f32[] }                         | 1:20: H1003: %1 has no result 0 up to this line
                    graph g { %0 = iota {length = 3} : i64[4] }              | 1:11: H1005: %0 is [i64[3]], not [i64[4]]
                    graph g { %0 = iota {length = 3} }                       | 1:11: H1005: %0 is [i64[3]], not []
                    graph g { %0 = iota {length = 3} : int[3] }              | 1:36: H1001: "int" is no element type
                    graph g { %0 = iota : i64[3] }                           | 1:16: H1004: the attribute length is missing
                    graph g { %0 = iota {length = "3"} : i64[3] }            | 1:16: H1004: the attribute length cannot be "3"
                    graph g { %0 = iota {length = 3, size = 3} : i64[3] }    | 1:16: H1004: iota has no attribute size
                    graph g { %0 = iota {length = 3, length = 3} : i64[3] }  | 1:34: H1004: the attribute length stands here twice
                    graph g { %0 = constant {values = [1, 2]} : i64[3] }     | 1:16: H1004: 2 values for a constant of type i64[3]
                    graph g { %0 = iota {length = -3} : i64[-3] }            | 1:16: H1005: iota of i64[-3] has the negative length -3
                    graph g { %0 = input {name = "a} : i64[3] }              | 1:30: H1001: the string is not closed on its line
                    graph g { %0 = input {name = "\\q"} : i64[3] }            | 1:31: H1001: unknown escape; there are \\" \\\\ \\n \\t \\r \\uXXXX
                    graph g { %0 = input {name = "\\u00"} : i64[3] }          | 1:31: H1001: \\u needs four hexadecimal digits
                    graph g { %x = iota {length = 3} : i64[3] }              | 1:12: H1001: a node has a whole number, as in %12
                    graph g { %0 = iota {length = 1.5*N} : i64[3] }          | 1:34: H1001: expected "}" after the attributes, found "*"
                    graph g { %0 = iota {length = N*1.5} : i64[3] }          | 1:33: H1001: a length is a whole number
                    graph g { %0 = iota {length = 99999999999999999999} : i64[3] } | 1:31: H1001: "99999999999999999999" is not a number
                    """)
    void mistakesAreToldWithTheirPlace(String text, String message) {
        if (message.equals("fine")) {
            assertEquals("g", GraphTextTest.read(text).name());
            return;
        }
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> GraphTextTest.read(text));
        assertEquals("test.graph:" + message, e.getMessage());
    }
}
