package heddle.runtime.train;

import heddle.runtime.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SequencedMap;

/** SHA-256 sums of texts and tensors, by which checkpoints know what they are of. */
final class Fingerprint {
    private static final int BLOCK = 4096;

    private Fingerprint() {}

    static String of(String text) {
        MessageDigest digest = empty();
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of names, types, shapes and elements, of which a block is in memory at a time. */
    static String of(SequencedMap<String, Tensor> tensors) {
        MessageDigest digest = empty();
        ByteBuffer block = ByteBuffer.allocate(BLOCK * Double.BYTES);
        tensors.forEach((name, t) -> {
            digest.update((name + " " + t + "\n").getBytes(StandardCharsets.UTF_8));
            for (int from = 0; from < t.size(); from += BLOCK) {
                block.clear();
                for (int i = from; i < Math.min(t.size(), from + BLOCK); i++) {
                    block.putDouble(t.element(i));
                }
                digest.update(block.flip());
            }
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest empty() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
