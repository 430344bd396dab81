package heddle.runtime.embed;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.jr.ob.JSON;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.file.FileFault;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads texts from lines of UTF-8, one at a time. A line is a text, an empty one too; or it is JSON that holds one. */
public final class TextLines implements Iterator<TextLine> {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String name;
    private final BufferedInputStream in;

    /** The field of an object that holds the text; absent when lines are texts themselves. */
    private final Optional<String> field;

    private final Consumer<Diagnostic> bad;
    private long line;
    private TextLine next;

    /** Says why a line holds no text. */
    private static final class BadLine extends Exception {
        private static final long serialVersionUID = 1;

        BadLine(String message) {
            super(message);
        }
    }

    /**
     * @param name  of the input, in messages
     * @param field of an object that holds the text, for lines of JSON
     * @param bad   is told of each line that holds no text, which is left out; it may throw
     */
    public TextLines(String name, InputStream in, Optional<String> field, Consumer<Diagnostic> bad) {
        this.name = name;
        this.in = new BufferedInputStream(in, 1 << 16);
        this.field = field;
        this.bad = bad;
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            Optional<byte[]> bytes = bytes();
            if (bytes.isEmpty()) {
                return false;
            }
            line++;
            try {
                String text = text(bytes.get());
                next = parsed(line == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
            } catch (BadLine e) {
                bad.accept(Diagnostic.of(EmbedCode.BAD_LINE, "line " + line + " of " + name + " holds no text")
                        .note(e.getMessage()));
            }
        }
        return true;
    }

    @Override
    public TextLine next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        TextLine given = next;
        next = null;
        return given;
    }

    /** The bytes of the next line without its end. */
    private Optional<byte[]> bytes() {
        try {
            int b = in.read();
            if (b < 0) {
                return Optional.empty();
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            while (b >= 0 && b != '\n') {
                bytes.write(b);
                b = in.read();
            }
            return Optional.of(bytes.toByteArray());
        } catch (IOException e) {
            throw new DiagnosticException(Diagnostic.of(RuntimeCode.FILE_UNREADABLE, name + " cannot be read")
                    .note(FileFault.reason(e)));
        }
    }

    private static String text(byte[] bytes) throws BadLine {
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadLine("it is not UTF-8; iconv -t UTF-8 converts files");
        }
    }

    private TextLine parsed(String text) throws BadLine {
        if (field.isEmpty()) {
            return new TextLine(line, text, Optional.empty());
        }
        if (text.isBlank()) {
            throw new BadLine("it is empty");
        }
        Object value = json(text);
        if (value instanceof String whole) {
            return new TextLine(line, whole, Optional.empty());
        }
        if (value instanceof Map<?, ?> object && object.get(field.get()) instanceof String found) {
            return new TextLine(
                    line, found, Optional.ofNullable(object.get("id")).map(TextLines::json));
        }
        if (value instanceof Map<?, ?> object && object.containsKey(field.get())) {
            throw new BadLine("its \"" + field.get() + "\" is " + kind(object.get(field.get())) + ", not a text");
        }
        String fields = value instanceof Map<?, ?> object && !object.isEmpty()
                ? "; it has " + object.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + ", and --field names another"
                : "";
        throw new BadLine("it should be a text, or an object with a text for \"" + field.get() + "\"" + fields);
    }

    private static Object json(String text) throws BadLine {
        try (JsonParser parser = JSON.std.getStreamingFactory().createParser(text)) {
            Object value = JSON.std.anyFrom(parser);
            if (parser.nextToken() != null) {
                throw new BadLine("something follows its JSON");
            }
            return value;
        } catch (JacksonException e) {
            String reason =
                    e.getOriginalMessage().lines().findFirst().orElse("").replaceFirst(" \\(start marker.*", "");
            throw new BadLine("it is not JSON: " + reason
                    + "; without --jsonl each line is a text, but in files that end in .jsonl");
        } catch (IOException e) {
            throw new BadLine("it is not JSON: " + e.getMessage());
        }
    }

    private static String kind(Object value) {
        if (value == null) {
            return "null";
        }
        return switch (value) {
            case Number n -> "a number";
            case Boolean b -> "a truth value";
            case Map<?, ?> m -> "an object";
            default -> "a list";
        };
    }

    private static String json(Object value) {
        try {
            return JSON.std.asString(value);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
