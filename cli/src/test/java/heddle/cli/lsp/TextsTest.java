package heddle.cli.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.eclipse.lsp4j.Position;
import org.junit.jupiter.api.Test;

/** Lines, changes and cursors: positions of a text, in whatever it is written. */
class TextsTest {
    private static final String ALPHABET = "ab{}\"/\\ \n\r\ud83e\uddf5";

    private static String random(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(40); n > 0; n--) {
            int at = random.nextInt(ALPHABET.length() - 1);
            text.append(at >= ALPHABET.length() - 2 ? "\ud83e\uddf5" : ALPHABET.substring(at, at + 1));
        }
        return text.toString();
    }

    @Test
    void positionsAndOffsetsAreTheSamePlaces() {
        Random random = new Random(1);
        for (int n = 0; n < 2000; n++) {
            String text = random(random);
            Lines lines = new Lines(text);
            for (int offset = 0; offset <= text.length(); offset++) {
                Position position = lines.position(offset);
                boolean inBreak = offset > 0 && offset < text.length() && text.startsWith("\r\n", offset - 1);
                assertEquals(inBreak ? offset - 1 : offset, lines.offset(position), text + "|" + offset);
            }
        }
    }

    @Test
    void positionsBehindALineOrTheTextAreItsEnd() {
        Lines lines = new Lines("ab\r\nc\rd");
        assertEquals(2, lines.offset(new Position(0, 99)));
        assertEquals(5, lines.offset(new Position(1, 1)));
        assertEquals(7, lines.offset(new Position(9, 0)));
        assertEquals(6, lines.offset(new Position(2, 0)));
    }

    @Test
    void aChangeIsAllThatDiffers() {
        Random random = new Random(2);
        for (int n = 0; n < 5000; n++) {
            String first = random(random);
            int from = random.nextInt(first.length() + 1);
            int to = from + random.nextInt(first.length() - from + 1);
            String second = first.substring(0, from) + random(random) + first.substring(to);
            TextChange change = TextChange.between(first, second);
            assertEquals(
                    second,
                    first.substring(0, change.start())
                            + second.substring(change.start(), change.after())
                            + first.substring(change.before()));
            for (int offset = 0; offset < first.length(); offset++) {
                if (change.keeps(offset)) {
                    assertEquals(first.charAt(offset), second.charAt(change.moved(offset)), first + "|" + second);
                    assertEquals(offset, change.origin(change.moved(offset)), first + "|" + second);
                }
            }
        }
    }

    private static Cursor cursor(String line) {
        int at = line.indexOf('|');
        return Cursor.at(new Lines("first\n" + line.replace("|", "")), "first\n".length() + at);
    }

    @Test
    void cursorsKnowTextsHolesAndComments() {
        assertEquals(Cursor.Kind.CODE, cursor("let a|b = 1").kind());
        assertEquals("ab", cursor("let a|b = 1").word());
        assertEquals("a", cursor("let a|b = 1").prefix());
        assertEquals(Cursor.Kind.COMMENT, cursor("let a = 1 // \"|x\"").kind());
        assertEquals(Cursor.Kind.TEXT, cursor("x @ weight \"a // |b\" : f32").kind());
        assertEquals(Cursor.Kind.CODE, cursor("x @ weight \"a.{l|}.b\" : f32").kind());
        assertEquals(Cursor.Kind.TEXT, cursor("x @ weight \"a.{l}.|b\" : f32").kind());
        assertEquals(Cursor.Kind.TEXT, cursor("let t = \"{{a|}}\"").kind());
        assertEquals(Cursor.Kind.TEXT, cursor("let t = \"a\\\"|b\"").kind());
        assertEquals(Cursor.Kind.CODE, cursor("let t = \"a\" + |b").kind());
        Lines lines = new Lines("let x = weight  \"a.b");
        assertEquals(8, Cursor.at(lines, lines.text().length()).keyword("weight", lines));
        assertTrue(Cursor.at(lines, lines.text().length()).keyword("import", lines) < 0);
    }
}
