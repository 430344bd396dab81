package heddle.compiler.ir.text;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;

/** A position in a text that is being read. It reads names, numbers, strings and marks. */
final class TextCursor {
    private final SourceFile file;
    private final String text;
    private int at;

    TextCursor(SourceFile file) {
        this.file = file;
        this.text = file.text();
    }

    static boolean isName(String text) {
        return !text.isEmpty() && startsName(text.charAt(0)) && text.chars().allMatch(c -> continuesName((char) c));
    }

    private static boolean startsName(char c) {
        return Character.isLetter(c) || c == '_';
    }

    private static boolean continuesName(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    /** The start of the next token. */
    int offset() {
        skipSpace();
        return at;
    }

    boolean atEnd() {
        skipSpace();
        return at == text.length();
    }

    char peek() {
        skipSpace();
        return at < text.length() ? text.charAt(at) : 0;
    }

    boolean startsName() {
        return startsName(peek());
    }

    boolean startsNumber() {
        return Character.isDigit(peek());
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /** Skips spaces, line breaks and whole comments. */
    void skipComments() {
        while (accept("//")) {
            restOfLine();
        }
    }

    /** The rest of this line, stripped. */
    String restOfLine() {
        int start = at;
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
        return text.substring(start, at).strip();
    }

    /** Whether {@code mark} comes next on this line; reads it. */
    boolean acceptOnLine(String mark) {
        int start = at;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        if (text.startsWith(mark, at)) {
            at += mark.length();
            return true;
        }
        at = start;
        return false;
    }

    /** Whether {@code mark} comes next; reads it. */
    boolean accept(String mark) {
        skipSpace();
        if (text.startsWith(mark, at)) {
            at += mark.length();
            return true;
        }
        return false;
    }

    void expect(String mark, String where) {
        if (!accept(mark)) {
            throw expected("\"" + mark + "\" " + where);
        }
    }

    String name(String what) {
        if (!startsName()) {
            throw expected(what);
        }
        int start = at;
        while (at < text.length() && continuesName(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    String nameOrString(String what) {
        return peek() == '"' ? string() : name(what);
    }

    /** A number of digits alone; a point after it is no part of it, as in {@code %5.1}. */
    long wholeNumber(String expected) {
        skipSpace();
        int start = at;
        digits();
        try {
            return Long.parseLong(text.substring(start, at));
        } catch (NumberFormatException e) {
            throw error(start, GraphErrors.SYNTAX, expected);
        }
    }

    /** Digits, and a fraction or an exponent where one follows: {@code 12}, {@code 1.0E-5}. */
    Number number() {
        skipSpace();
        int start = at;
        digits();
        boolean whole = true;
        if (at + 1 < text.length() && text.charAt(at) == '.' && Character.isDigit(text.charAt(at + 1))) {
            whole = false;
            at++;
            digits();
        }
        if (at < text.length() && Character.toLowerCase(text.charAt(at)) == 'e') {
            whole = false;
            at++;
            if (at < text.length() && text.charAt(at) == '-') {
                at++;
            }
            digits();
        }
        String digits = text.substring(start, at);
        try {
            return whole ? (Number) Long.valueOf(digits) : (Number) Double.valueOf(digits);
        } catch (NumberFormatException e) {
            throw error(start, GraphErrors.SYNTAX, "\"" + digits + "\" is not a number");
        }
    }

    private void digits() {
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
    }

    String string() {
        int start = at;
        expect("\"", "at the start of a string");
        StringBuilder out = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
            char c = text.charAt(at++);
            out.append(c == '\\' ? escape() : c);
        }
        if (at == text.length() || text.charAt(at) != '"') {
            throw error(start, GraphErrors.SYNTAX, "the string is not closed on its line");
        }
        at++;
        return out.toString();
    }

    private char escape() {
        int start = at - 1;
        char c = at < text.length() ? text.charAt(at++) : 0;
        return switch (c) {
            case '"', '\\' -> c;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'u' -> unicode(start);
            default ->
                throw error(start, GraphErrors.SYNTAX, "unknown escape; there are \\\" \\\\ \\n \\t \\r \\uXXXX");
        };
    }

    private char unicode(int start) {
        try {
            char c = (char) Integer.parseInt(text.substring(at, Math.min(at + 4, text.length())), 16);
            at += 4;
            return c;
        } catch (NumberFormatException e) {
            throw error(start, GraphErrors.SYNTAX, "\\u needs four hexadecimal digits");
        }
    }

    DiagnosticException expected(String what) {
        skipSpace();
        int start = at;
        String found = at == text.length() ? "the end of the text" : "\"" + text.charAt(at) + "\"";
        return error(start, GraphErrors.SYNTAX, "expected " + what + ", found " + found);
    }

    /** A mistake from {@code start} to here, at least one character wide. */
    DiagnosticException error(int start, GraphErrors code, String message) {
        int end = Math.min(Math.max(at, start + 1), text.length());
        return new DiagnosticException(Diagnostic.at(new Span(file, Math.min(start, end), end), code, message));
    }
}
