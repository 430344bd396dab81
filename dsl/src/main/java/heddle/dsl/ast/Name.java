package heddle.dsl.ast;

import heddle.dsl.source.Span;

/** An identifier and its place. */
public record Name(String text, Span span) {
    @Override
    public String toString() {
        return text;
    }
}
