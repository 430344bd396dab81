package heddle.dsl.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.ast.Expr;
import heddle.dsl.ast.Template;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class TemplateTest {
    private static Template template(String quoted) {
        SourceFile file = new SourceFile("t.heddle", "let s = " + quoted + "\n");
        return Parser.template(new Expr.StringLiteral("", new Span(file, 8, 8 + quoted.length())));
    }

    @Test
    void textAndHoles() {
        List<Template.Part> parts = template("\"layer.{l + 1}.{name}\"").parts();
        assertEquals(4, parts.size());
        assertEquals("layer.", ((Template.Text) parts.get(0)).value());
        Template.Hole hole = (Template.Hole) parts.get(1);
        assertEquals("(+ l 1)", Prefix.of(hole.value()));
        assertEquals("l + 1", hole.value().span().text());
        assertEquals("{l + 1}", hole.span().text());
        assertEquals(".", ((Template.Text) parts.get(2)).value());
    }

    @Test
    void escapesAndDoubledBraces() {
        Template template = template("\"a\\\"{{b}}\\n\"");
        assertTrue(template.isConstant());
        assertEquals("a\"{b}\n", ((Template.Text) template.parts().getFirst()).value());
        assertFalse(template("\"{a}\"").isConstant());
        assertEquals(List.of(), template("\"\"").parts());
    }

    @Test
    void malformedHolesAreReportedInPlace() {
        DiagnosticException thrown = assertThrows(DiagnosticException.class, () -> template("\"x{a +}y\""));
        assertEquals(
                "t.heddle:1:15",
                thrown.diagnostics().getFirst().primary().orElseThrow().span().toString());
    }
}
