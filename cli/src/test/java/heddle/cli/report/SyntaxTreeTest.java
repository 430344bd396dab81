package heddle.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import org.junit.jupiter.api.Test;

class SyntaxTreeTest {
    @Test
    void eachNodeHasALine() {
        String text = """
                dim B, N = typical 512
                fn twice(x, by = 2.0) = x * by
                let a, b = split(weight "w" : f32[N] as i8 per row, 2)
                output y: f32[B] = twice(a[:, 1], by = -1.0) + "a\\nb"
                """;
        assertEquals(
                """
                Dims
                  lengths: Length B
                  lengths: Length N, typical 512
                Function twice, expression body
                  parameters: Parameter x
                  parameters: Parameter by
                    defaultValue: FloatLiteral 2.0
                  body: Return
                    values: Binary mul
                      left: Ref x
                      right: Ref by
                Let
                  bindings: Binding a, b
                    value: Call split
                      arguments: Argument
                        value: Weight
                          template: StringLiteral w
                          type: TypeExpr f32
                            dims: Ref N
                          held: Held i8, per row
                      arguments: Argument
                        value: IntLiteral 2
                Output y
                  type: TypeExpr f32
                    dims: Ref B
                  value: Binary add
                    left: Call twice
                      arguments: Argument
                        value: Index
                          base: Ref a
                          subscripts: Range
                          subscripts: At
                            index: IntLiteral 1
                      arguments: Argument by
                        value: Unary negate
                          operand: FloatLiteral 1.0
                    right: StringLiteral a\\nb
                """,
                SyntaxTree.of(
                        Parser.parse(new SourceFile("m.heddle", text)).orThrow().items()));
    }
}
