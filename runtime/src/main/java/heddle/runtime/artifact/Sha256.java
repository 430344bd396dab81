package heddle.runtime.artifact;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 sums, in hexadecimal digits. */
final class Sha256 {
    private Sha256() {}

    /** Copies all bytes and gives their sum. */
    static String copy(InputStream from, OutputStream to) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        new DigestInputStream(from, digest).transferTo(to);
        return HexFormat.of().formatHex(digest.digest());
    }

    static String of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return copy(in, OutputStream.nullOutputStream());
        }
    }

    /** What to throw when a file holds something else than its model names. */
    static DiagnosticException differs(String file, String wanted, String found, String hint) {
        return new DiagnosticException(
                Diagnostic.of(RuntimeCode.CHECKSUM, file + " is not the file that the model was written for")
                        .note("its SHA-256 is " + found)
                        .note("the manifest has  " + wanted)
                        .hint(hint));
    }
}
