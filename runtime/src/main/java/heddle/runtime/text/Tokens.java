package heddle.runtime.text;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of one text, however many, with those that mark where it starts and ends.
 *
 * @param ids    indexes into the vocabulary; not a copy
 * @param before how many of the first only mark the start
 * @param after  how many of the last only mark the end
 */
public record Tokens(long[] ids, int before, int after) {
    public int count() {
        return ids.length;
    }

    /**
     * At most so many tokens, marks included: what stands at the end of the text goes.
     *
     * @throws DiagnosticException when there is no room for a token between the marks
     */
    public Tokens cut(int limit) {
        return ids.length <= limit ? this : part(0, room(limit));
    }

    /**
     * The text in parts of at most so many tokens, each between marks of its own.
     *
     * @throws DiagnosticException when there is no room for a token between the marks
     */
    public List<Tokens> parts(int limit) {
        if (ids.length <= limit) {
            return List.of(this);
        }
        int room = room(limit);
        List<Tokens> parts = new ArrayList<>();
        for (int from = 0; from < own(); from += room) {
            parts.add(part(from, Math.min(room, own() - from)));
        }
        return parts;
    }

    /** How many tokens are the text's own. */
    public int own() {
        return ids.length - before - after;
    }

    private int room(int limit) {
        int room = limit - before - after;
        if (room < 1) {
            throw new DiagnosticException(Diagnostic.of(
                            RuntimeCode.TOKENIZER,
                            "a text has at most " + limit + " tokens, and " + (before + after) + " of them are marks")
                    .hint("let it have more: tokens = N in the .properties file beside the model"));
        }
        return room;
    }

    private Tokens part(int from, int length) {
        long[] part = Arrays.copyOf(ids, before + length + after);
        System.arraycopy(ids, before + from, part, before, length);
        System.arraycopy(ids, ids.length - after, part, before + length, after);
        return new Tokens(part, before, after);
    }
}
