package heddle.cli.report;

import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

/** Prints bytes of UTF-8 as soon as they make a letter; what is none becomes the sign for that. */
public final class Utf8Letters implements IntConsumer {
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteBuffer bytes = ByteBuffer.allocate(8);
    private final CharBuffer letters = CharBuffer.allocate(16);
    private final PrintWriter out;

    public Utf8Letters(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void accept(int next) {
        decoder.decode(bytes.put((byte) next).flip(), letters, false);
        bytes.compact();
        print();
    }

    /** No more bytes come: those that are part of a letter make none. */
    public void end() {
        decoder.decode(bytes.flip(), letters, true);
        decoder.flush(letters);
        print();
    }

    private void print() {
        out.print(letters.flip());
        letters.clear();
        out.flush();
    }
}
