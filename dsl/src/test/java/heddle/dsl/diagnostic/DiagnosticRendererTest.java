package heddle.dsl.diagnostic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.parse.SyntaxCode;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import org.junit.jupiter.api.Test;

class DiagnosticRendererTest {
    private static final SourceFile FILE = new SourceFile("m.heddle", """
            let a = 1
            let z = x + yy

            fn f(x) {
            \treturn 界x + b
            }
            """);

    private static Span span(String text) {
        int start = FILE.text().indexOf(text);
        return new Span(FILE, start, start + text.length());
    }

    private static void renders(Diagnostic diagnostic, String expected) {
        assertEquals(expected, new DiagnosticRenderer(false).render(diagnostic));
    }

    private static Diagnostic at(Span span) {
        return Diagnostic.at(span, SyntaxCode.UNEXPECTED, "shapes do not match");
    }

    @Test
    void labelsOnOneLineHangBelowEachOther() {
        renders(
                at(span("+"))
                        .label("adds")
                        .related(span("x"), "f32[4]")
                        .related(span("yy"), "f32[8]")
                        .hint("reshape one"),
                """
                error[H0101]: shapes do not match
                  --> m.heddle:2:11
                  |
                2 | let z = x + yy
                  |         - ^ -- f32[8]
                  |         | |
                  |         | adds
                  |         |
                  |         f32[4]
                  |
                  = hint: reshape one
                """);
    }

    @Test
    void linesBetweenAreLeftOut() {
        renders(at(span("b\n}")).related(span("1"), "one").note("first\nsecond"), """
                error[H0101]: shapes do not match
                  --> m.heddle:5:14
                  |
                1 | let a = 1
                  |         - one
                ...
                5 |     return 界x + b
                  |                  ^
                6 | }
                  | ^
                  |
                  = note: first
                          second
                """);
    }

    @Test
    void tabsAndWideCharactersKeepTheCaretsInPlace() {
        renders(at(span("x + b")).label("here"), """
                error[H0101]: shapes do not match
                  --> m.heddle:5:10
                  |
                5 |     return 界x + b
                  |              ^^^^^ here
                """);
    }

    @Test
    void placesInOtherFiles() {
        SourceFile other = new SourceFile("lib.heddle", "dim N");
        renders(at(span("x +")).related(new Span(other, 4, 5), "declared here"), """
                error[H0101]: shapes do not match
                  --> m.heddle:2:9
                  |
                2 | let z = x + yy
                  |         ^^^
                  ::: lib.heddle:1:5
                  |
                1 | dim N
                  |     - declared here
                """);
    }

    @Test
    void endOfFileAndNoPlace() {
        int end = FILE.text().length();
        renders(at(new Span(FILE, end, end)).label("the file ends"), """
                error[H0101]: shapes do not match
                  --> m.heddle:7:1
                  |
                7 |
                  | ^ the file ends
                """);
        renders(Diagnostic.of(SyntaxCode.UNEXPECTED, "no weights").hint("pass --weights"), """
                error[H0101]: no weights
                  = hint: pass --weights
                """);
    }

    @Test
    void nestedLabels() {
        renders(at(span("+")).label("adds").related(span("x + yy"), "the sum"), """
                error[H0101]: shapes do not match
                  --> m.heddle:2:11
                  |
                2 | let z = x + yy
                  |         --^---
                  |         | |
                  |         | adds
                  |         |
                  |         the sum
                """);
    }

    @Test
    void colourOnlyAddsEscapes() {
        Diagnostic diagnostic = at(span("x +")).label("here").hint("do");
        String coloured = new DiagnosticRenderer(true).render(diagnostic);
        assertTrue(coloured.contains("\u001b[1;31merror[H0101]\u001b[0m"), coloured);
        assertEquals(new DiagnosticRenderer(false).render(diagnostic), coloured.replaceAll("\u001b\\[[0-9;]*m", ""));
    }

    @Test
    void controlCharactersOfTheSourceDoNotReachTheTerminal() {
        SourceFile file = new SourceFile("e.heddle", "let x = \u001b[2J");
        String rendered = new DiagnosticRenderer(false)
                .render(Diagnostic.at(new Span(file, 8, 9), SyntaxCode.STRAY_CHARACTER, "stray"));
        assertTrue(rendered.contains("let x = \ufffd[2J"), rendered);
    }
}
