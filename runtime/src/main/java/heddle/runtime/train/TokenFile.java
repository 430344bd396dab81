package heddle.runtime.train;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.file.MappedFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A file of bytes or of little-endian token numbers, mapped into memory. The last tenth is held out of the training. */
public final class TokenFile {
    /** How wide a token is. */
    public enum Width {
        /** Each byte is a token. */
        BYTE(1),
        /** Unsigned numbers of sixteen bits. */
        U16(2),
        /** Numbers of 32 bits, which are not negative. */
        I32(4);

        private final int bytes;

        Width(int bytes) {
            this.bytes = bytes;
        }
    }

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int HASHED = 1 << 20;

    private final Path path;
    private final Width width;
    private final MemorySegment data;
    private String hash;

    private TokenFile(Path path, Width width, MemorySegment data) {
        this.path = path;
        this.width = width;
        this.data = data;
    }

    /** @throws DiagnosticException when it cannot be read, or does not hold whole tokens */
    public static TokenFile open(Path file, Width width) {
        MemorySegment data = MappedFile.map(file, Arena.ofAuto(), RuntimeCode.FILE_UNREADABLE);
        if (data.byteSize() % width.bytes != 0) {
            throw new DiagnosticException(Diagnostic.of(
                            TrainCode.DATA,
                            file + " has " + data.byteSize() + " bytes, which are not tokens of " + width.bytes
                                    + " bytes each")
                    .hint("name the width of its tokens: --tokens byte, u16 or i32"));
        }
        TokenFile tokens = new TokenFile(file, width, data);
        tokens.requireTokens();
        return tokens;
    }

    Path path() {
        return path;
    }

    Width width() {
        return width;
    }

    /** How many tokens there are. */
    public long size() {
        return data.byteSize() / width.bytes;
    }

    /** How many tokens are trained with; the others are held out. */
    public long trained() {
        return size() - size() / 10;
    }

    /** The token at a place. */
    public int token(long place) {
        return switch (width) {
            case BYTE -> data.get(ValueLayout.JAVA_BYTE, place) & 0xFF;
            case U16 -> data.get(U16, 2 * place) & 0xFFFF;
            case I32 -> data.get(I32, 4 * place);
        };
    }

    /** @throws DiagnosticException when a token is negative */
    private void requireTokens() {
        for (long place = 0; width == Width.I32 && place < size(); place++) {
            if (token(place) < 0) {
                throw new DiagnosticException(
                        Diagnostic.of(TrainCode.DATA, path + " has the token " + token(place) + " at place " + place)
                                .hint("tokens are not negative; is this their width? --tokens byte, u16 or i32"));
            }
        }
    }

    /**
     * Checks that every token names a row of a table.
     *
     * @throws DiagnosticException when one is beyond
     */
    void requireBelow(long rows) {
        if (width == Width.BYTE && rows > 0xFF) {
            return;
        }
        for (long place = 0; place < size(); place++) {
            if (token(place) >= rows) {
                throw new DiagnosticException(
                        Diagnostic.of(
                                        TrainCode.DATA,
                                        path + " has the token " + token(place) + " at place " + place
                                                + ", and the table of the model has " + rows + " rows")
                                .hint(
                                        "is this the width of its tokens? --tokens byte, u16 or i32; or give the table a row for each"));
            }
        }
    }

    /** The SHA-256 of all bytes, which are read once. */
    synchronized String hash() {
        if (hash == null) {
            hash = computedHash();
        }
        return hash;
    }

    private String computedHash() {
        MessageDigest digest = Fingerprint.empty();
        for (long at = 0; at < data.byteSize(); at += HASHED) {
            digest.update(
                    data.asSlice(at, Math.min(HASHED, data.byteSize() - at)).asByteBuffer());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
