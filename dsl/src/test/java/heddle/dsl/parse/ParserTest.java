package heddle.dsl.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import heddle.dsl.ast.Item;
import heddle.dsl.source.SourceFile;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParserTest {
    @Test
    void aWholeModel() {
        List<Item> items =
                Parser.parse(new SourceFile("t.heddle", """
                model Tiny
                dim B, N
                input x: f32[B, N]
                fn twice(x) = x * 2
                output y = twice(x)
                """)).orThrow().items();
        assertEquals(5, items.size());
        assertInstanceOf(Item.Function.class, items.get(3));
    }
}
