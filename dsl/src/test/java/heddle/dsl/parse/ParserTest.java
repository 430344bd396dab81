package heddle.dsl.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.ast.Item;
import heddle.dsl.ast.Name;
import heddle.dsl.ast.Stmt;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ParserTest {
    private static List<Item> parse(String text) {
        return Parser.parse(new SourceFile("t.heddle", text)).orThrow().items();
    }

    private static List<String> texts(List<Name> names) {
        return names.stream().map(Name::text).toList();
    }

    @Test
    void declarations() {
        List<Item> items = parse("""
                model Tiny
                import "layers.heddle"
                dim B, N = typical 1_024
                input x: f32[B, N]
                output y: f32[B] = x
                output z = x
                """);
        assertEquals("Tiny", ((Item.Model) items.get(0)).name().text());
        assertEquals("layers.heddle", ((Item.Import) items.get(1)).path().value());
        List<Item.Length> lengths = ((Item.Dims) items.get(2)).lengths();
        assertEquals(
                List.of("B", "N"), texts(lengths.stream().map(Item.Length::name).toList()));
        assertEquals(OptionalLong.empty(), lengths.get(0).typical());
        assertEquals(OptionalLong.of(1024), lengths.get(1).typical());
        Item.Input input = (Item.Input) items.get(3);
        assertEquals("f32", input.type().dtype().text());
        assertEquals(2, input.type().dims().size());
        assertTrue(((Stmt.Output) items.get(4)).type().isPresent());
        assertFalse(((Stmt.Output) items.get(5)).type().isPresent());
        assertEquals("output z = x", items.get(5).span().text());
    }

    @Test
    void bindingsTakeListsApart() {
        Stmt.Let let = (Stmt.Let) parse("let a = 1, q, k, v = split(x, 3)").getFirst();
        assertEquals(List.of("a"), texts(let.bindings().get(0).names()));
        assertEquals(List.of("q", "k", "v"), texts(let.bindings().get(1).names()));
        Stmt.Assign assign = (Stmt.Assign) parse("a, b = f(x)").getFirst();
        assertEquals(List.of("a", "b"), texts(assign.binding().names()));
    }

    @Test
    void functions() {
        List<Item> items = parse("""
                fn f(x, y: f32[B], z = 1,) = x
                fn g() { return a, b }
                """);
        Item.Function f = (Item.Function) items.get(0);
        assertTrue(f.expressionBody());
        assertEquals(3, f.parameters().size());
        assertTrue(f.parameters().get(1).type().isPresent());
        assertTrue(f.parameters().get(2).defaultValue().isPresent());
        assertEquals(1, ((Stmt.Return) f.body().getFirst()).values().size());
        Item.Function g = (Item.Function) items.get(1);
        assertFalse(g.expressionBody());
        assertEquals(2, ((Stmt.Return) g.body().getFirst()).values().size());
    }

    @Test
    void blocks() {
        List<Item> items = parse("""
                for l in 0 .. n - 1
                {
                    x = f(x); y = x
                }
                if a { x = 1 }
                else if b { x = 2 } else { }
                """);
        assertEquals(2, ((Stmt.For) items.get(0)).body().size());
        Stmt.If branch = (Stmt.If) items.get(1);
        Stmt.If inner = assertInstanceOf(Stmt.If.class, branch.otherwise().getFirst());
        assertEquals(List.of(), inner.otherwise());
    }

    @Test
    void softKeywordsAreNamesElsewhere() {
        List<Item> items = parse("""
                let weight = 1, input = weight
                input = dim + output
                model, dim = f(model = 1)
                """);
        assertEquals(3, items.size());
        assertEquals(
                List.of("model", "dim"),
                texts(((Stmt.Assign) items.get(2)).binding().names()));
    }

    @Test
    void lineBreaksOfEveryKindAndTabs() {
        assertEquals(3, parse("let a = 1\r\nlet\tb = 2\r\tlet c = 3").size());
        assertEquals(List.of(), parse("\n // nothing \n;;\n"));
    }

    @Test
    void mistakesDoNotHideWhatIsRight() {
        ParseResult result = Parser.parse(new SourceFile("t.heddle", "let a = \nlet b = 2\n"));
        assertEquals(1, result.diagnostics().size());
        assertEquals(1, result.unit().items().size());
        assertThrows(DiagnosticException.class, result::orThrow);
    }
}
