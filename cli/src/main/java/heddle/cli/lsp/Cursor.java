package heddle.cli.lsp;

/**
 * A place in a text: what kind of text it is, and the word that it is in or behind.
 *
 * @param start where the word begins; the place itself when there is none
 * @param end   behind the word
 * @param before the character before the word; a space at the begin of the text
 * @param quote where the text in quotation marks begins that the place is in, behind the mark
 */
record Cursor(Kind kind, String word, int start, int end, int offset, char before, int quote) {
    /** What a place can be in. */
    enum Kind {
        CODE,
        COMMENT,
        TEXT
    }

    /** The place at an offset. Texts and comments end with their line, so the line alone decides. */
    static Cursor at(Lines lines, int offset) {
        String text = lines.text();
        int quote = -1;
        boolean hole = false;
        Kind kind = Kind.CODE;
        String before = lines.before(offset);
        int lineStart = offset - before.length();
        for (int i = 0; i < before.length() && kind != Kind.COMMENT; i++) {
            char c = before.charAt(i);
            boolean twice = i + 1 < before.length() && before.charAt(i + 1) == c;
            if (kind == Kind.CODE && !hole && c == '/' && twice) {
                kind = Kind.COMMENT;
            } else if (kind == Kind.CODE && !hole && c == '"') {
                kind = Kind.TEXT;
                quote = lineStart + i + 1;
            } else if (kind == Kind.TEXT) {
                if (c == '\\' || c == '{' && twice) {
                    i++;
                } else if (c == '{') {
                    hole = true;
                    kind = Kind.CODE;
                } else if (c == '"') {
                    kind = Kind.CODE;
                    quote = -1;
                }
            } else if (hole && c == '}') {
                hole = false;
                kind = Kind.TEXT;
            }
        }
        int start = offset;
        while (start > lineStart && isOfName(text.charAt(start - 1))) {
            start--;
        }
        int end = offset;
        while (end < text.length() && isOfName(text.charAt(end))) {
            end++;
        }
        char previous = start == 0 ? ' ' : text.charAt(start - 1);
        return new Cursor(kind, text.substring(start, end), start, end, offset, previous, quote);
    }

    private static boolean isOfName(char c) {
        return c == '_' || c < 128 && Character.isLetterOrDigit(c);
    }

    /** Whether no word has begun, and the character before the place is this one. */
    boolean isBehind(char character) {
        return start == offset && before == character;
    }

    /** The part of the word before the place. */
    String prefix() {
        return word.substring(0, offset - start);
    }

    /** Where the keyword begins that stands before the text in quotation marks; negative when it is another one, or none. */
    int keyword(String keyword, Lines lines) {
        if (quote < 0) {
            return -1;
        }
        String before = lines.text().substring(0, quote - 1).stripTrailing();
        int at = before.length() - keyword.length();
        boolean whole = before.endsWith(keyword) && (at == 0 || !isOfName(before.charAt(at - 1)));
        return whole ? at : -1;
    }
}
