package heddle.dsl.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Stmt;
import heddle.dsl.source.SourceFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExprParserTest {
    private static Expr parse(String text) {
        SourceFile file = new SourceFile("t.heddle", "let x = " + text + "\n");
        Stmt.Let let = (Stmt.Let) Parser.parse(file).orThrow().items().getFirst();
        return let.bindings().getFirst().value();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            a + b * c                       | (+ a (* b c))
            a * b + c                       | (+ (* a b) c)
            a - b - c                       | (- (- a b) c)
            a * b @ c / d % e div f         | (div (% (/ (@ (* a b) c) d) e) f)
            -a ** b                         | (- (** a b))
            a ** b ** c                     | (** a (** b c))
            a ** -b                         | (** a (- b))
            -a * b                          | (* (- a) b)
            - -a                            | (- (- a))
            -x[0]                           | (- x[0])
            a + b == c                      | (== (+ a b) c)
            not a == b                      | (not (== a b))
            not a and b                     | (and (not a) b)
            a or b and c                    | (or a (and b c))
            a and b or c                    | (or (and a b) c)
            if a then b else c + d          | (if a b (+ c d))
            if a or b then c else d or e    | (if (or a b) c (or d e))
            if a then b else if c then d else e | (if a b (if c d e))
            (a + b) * c                     | (* (+ a b) c)
            a != b                          | (!= a b)
            """)
    void operatorsBind(String text, String bound) {
        assertEquals(bound, Prefix.of(parse(text)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            1_000                           | 1000
            1.5e-3                          | 0.0015
            1e3                             | 1000.0
            inf                             | Infinity
            true                            | true
            "a \\"b\\" {l}"                 | "a "b" {l}"
            []                              | []
            [a, b,]                         | [a b]
            f()                             | f()
            f(a, axis = -1,)                | f(a axis=(- 1))
            layer_norm(x, weight = weight)  | layer_norm(x weight=weight)
            weight "w" : f32                | (weight "w" f32[])
            weight "w" : f32[2, 4] as i8    | (weight "w" f32[2 4] as i8)
            weight "w" : f32[2] = zeros * 2 | (* (weight "w" f32[2] = zeros()) 2)
            f(weight "w" : bf16[2] as bf16 = uniform(-s, high = s), 1) | f((weight "w" bf16[2] as bf16 = uniform((- s) high=s)) 1)
            weight "w" : f32[4] as i4 per block scales "s" * 2 | (* (weight "w" f32[4] as i4 per block scales "s") 2)
            f(as, per = scales, scales = as) | f(as per=scales scales=as)
            weight "w" : f32[B, N * 2] + 1  | (+ (weight "w" f32[B (* N 2)]) 1)
            x[0, :, 1:, :n, ::2, a:b:c]     | x[0 :: 1:: :n: ::2 a:b:c]
            x[..., new, ids][1]             | x[... new ids][1]
            f(x)[0]                         | f(x)[0]
            """)
    void primariesAndSubscripts(String text, String read) {
        assertEquals(read, Prefix.of(parse(text)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            a +\\n b                        | (+ a b)
            a\\n + b                        | (+ a b)
            f(a,\\n\\n b\\n)                | f(a b)
            if a\\n then b\\n else c        | (if a b c)
            \\n a                           | a
            f(a, // note\\n b)              | f(a b)
            """)
    void expressionsGoOnOverLines(String text, String read) {
        assertEquals(read, Prefix.of(parse(text.replace("\\n", "\n"))));
    }

    @Test
    void spansCoverBracketsAndOperators() {
        Expr.Binary product = (Expr.Binary) parse("(a + b) * c");
        assertEquals("(a + b) * c", product.span().text());
        assertEquals("*", product.opSpan().text());
        assertEquals("a + b", product.left().span().text());
    }

    @Test
    void offsetsCountJavaCharacters() {
        SourceFile file = new SourceFile("t.heddle", "let x = \"\ud83d\ude00\" // \ud83d\ude00\nlet y = abc\n");
        Stmt.Let let = (Stmt.Let) Parser.parse(file).orThrow().items().get(1);
        assertEquals("abc", let.bindings().getFirst().value().span().text());
    }
}
