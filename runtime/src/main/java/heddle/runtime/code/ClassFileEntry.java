package heddle.runtime.code;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A cache entry as a file: a magic number, the key, the classes, and a checksum over all of it. */
final class ClassFileEntry {
    private static final String MARK = "heddle classes 1";
    private static final int CHECKSUM = 32;

    private ClassFileEntry() {}

    static byte[] write(String key, Map<String, byte[]> classes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(MARK);
            out.writeUTF(key);
            out.writeInt(classes.size());
            for (var c : new TreeMap<>(classes).entrySet()) {
                out.writeUTF(c.getKey());
                out.writeInt(c.getValue().length);
                out.write(c.getValue());
            }
            out.write(sha256(bytes.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The classes in a file, or empty when it is damaged or was made for another key. */
    static Optional<Map<String, byte[]>> read(String key, byte[] file) {
        if (file.length < CHECKSUM) {
            return Optional.empty();
        }
        byte[] content = Arrays.copyOf(file, file.length - CHECKSUM);
        byte[] checksum = Arrays.copyOfRange(file, content.length, file.length);
        if (!MessageDigest.isEqual(checksum, sha256(content))) {
            return Optional.empty();
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            if (!in.readUTF().equals(MARK) || !in.readUTF().equals(key)) {
                return Optional.empty();
            }
            Map<String, byte[]> classes = new TreeMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                String name = in.readUTF();
                byte[] bytes = new byte[in.readInt()];
                in.readFully(bytes);
                classes.put(name, bytes);
            }
            return Optional.of(classes);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The name under which classes that are made from {@code parts} are kept. */
    static String key(String... parts) {
        MessageDigest digest = digest();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] sha256(byte[] bytes) {
        return digest().digest(bytes);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
