package heddle.runtime.onnx;

/** Names of ONNX files in messages. They may be any text, of any length. */
final class OnnxName {
    private static final int MOST = 120;

    private OnnxName() {}

    /** {@code "name"}: one line, cut where it is long. */
    static String quoted(String name) {
        String line = name.codePoints()
                .limit(MOST + 1)
                .map(c -> Character.isISOControl(c) || c == '"' ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return '"' + (line.codePointCount(0, line.length()) > MOST ? line.substring(0, MOST) + "…" : line) + '"';
    }
}
