package heddle.runtime.text;

import heddle.runtime.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Takes the bytes of a text in UTF-8 as its tokens, as models do that have 256 of them.
 *
 * @param limit the most tokens a text may have
 */
record ByteTokenizer(int limit) implements Tokenizer {
    @Override
    public TokenBatch encode(List<String> texts) {
        List<byte[]> rows = new ArrayList<>();
        List<Integer> truncated = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            byte[] bytes = texts.get(i).getBytes(StandardCharsets.UTF_8);
            if (bytes.length > limit) {
                truncated.add(i);
            }
            rows.add(Arrays.copyOf(bytes, Math.min(bytes.length, limit)));
        }
        int width = rows.stream().mapToInt(r -> r.length).max().orElse(0);
        long[] ids = new long[rows.size() * width];
        long[] mask = new long[ids.length];
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j < rows.get(i).length; j++) {
                ids[i * width + j] = rows.get(i)[j] & 0xFF;
                mask[i * width + j] = 1;
            }
        }
        return new TokenBatch(
                Tensor.of(ids, rows.size(), width),
                Tensor.of(mask, rows.size(), width),
                Tensor.of(new long[ids.length], rows.size(), width),
                rows.stream().map(ByteTokenizer::shown).toList(),
                rows.stream().map(r -> new boolean[r.length]).toList(),
                truncated);
    }

    @Override
    public List<Tokens> tokens(List<String> texts) {
        List<Tokens> all = new ArrayList<>();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            long[] ids = new long[bytes.length];
            Arrays.setAll(ids, i -> bytes[i] & 0xFF);
            all.add(new Tokens(ids, 0, 0));
        }
        return all;
    }

    /** Bytes as people read them: printable ones as they are, a space as {@code ␣}, others in hexadecimal digits. */
    private static List<String> shown(byte[] bytes) {
        List<String> tokens = new ArrayList<>();
        for (byte b : bytes) {
            tokens.add(b == ' ' ? "␣" : b > ' ' && b < 0x7F ? Character.toString(b) : "%02X".formatted(b & 0xFF));
        }
        return tokens;
    }

    @Override
    public void close() {
        // There is nothing to free.
    }
}
