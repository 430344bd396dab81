package heddle.runtime.tornado;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The messages between a caller and its worker. Tensors are in files that both have mapped; messages contain their
 * paths.
 */
sealed interface Message {
    /** What a caller asks for; each is answered by {@link Done} or {@link Failed}. */
    sealed interface Request extends Message {}

    /** What a worker answers. */
    sealed interface Reply extends Message {}

    /**
     * Makes an instance of a generated class.
     *
     * @param program number by which later requests name it; an instance of that number is closed
     * @param weights files by the weights' names
     */
    record Open(int program, String className, Map<String, Long> lengths, Map<String, String> weights)
            implements Request {}

    /** Runs an instance; outputs are files of their tensors' sizes. */
    record Run(int program, Map<String, String> inputs, Map<String, String> outputs) implements Request {}

    /** Frees an instance. */
    record Close(int program) implements Request {}

    /** The worker can be asked. */
    record Ready() implements Reply {}

    /**
     * A task graph of a run is about to be executed.
     *
     * @param nanos since the request, by the clock of the JVM that runs it
     */
    record Started(int graph, long nanos) implements Reply {}

    /**
     * A request was fulfilled.
     *
     * @param nanos that it took
     */
    record Done(long nanos) implements Reply {}

    /**
     * A request was not fulfilled.
     *
     * @param type    simple name of what was thrown
     * @param message of it
     * @param trace   its stack trace
     */
    record Failed(String type, String message, String trace) implements Reply {}

    default void write(DataOutput out) throws IOException {
        switch (this) {
            case Open m -> {
                out.writeByte('O');
                out.writeInt(m.program);
                writeText(out, m.className);
                out.writeInt(m.lengths.size());
                for (var e : m.lengths.entrySet()) {
                    writeText(out, e.getKey());
                    out.writeLong(e.getValue());
                }
                writeTexts(out, m.weights);
            }
            case Run m -> {
                out.writeByte('R');
                out.writeInt(m.program);
                writeTexts(out, m.inputs);
                writeTexts(out, m.outputs);
            }
            case Close m -> {
                out.writeByte('C');
                out.writeInt(m.program);
            }
            case Ready m -> out.writeByte('r');
            case Started m -> {
                out.writeByte('s');
                out.writeInt(m.graph);
                out.writeLong(m.nanos);
            }
            case Done m -> {
                out.writeByte('d');
                out.writeLong(m.nanos);
            }
            case Failed m -> {
                out.writeByte('f');
                writeText(out, m.type);
                writeText(out, m.message);
                writeText(out, m.trace);
            }
        }
    }

    static Message read(DataInput in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case 'O' -> new Open(in.readInt(), readText(in), readLengths(in), readTexts(in));
            case 'R' -> new Run(in.readInt(), readTexts(in), readTexts(in));
            case 'C' -> new Close(in.readInt());
            case 'r' -> new Ready();
            case 's' -> new Started(in.readInt(), in.readLong());
            case 'd' -> new Done(in.readLong());
            case 'f' -> new Failed(readText(in), readText(in), readText(in));
            default -> throw new IOException("no message begins with " + kind);
        };
    }

    private static void writeTexts(DataOutput out, Map<String, String> texts) throws IOException {
        out.writeInt(texts.size());
        for (var e : texts.entrySet()) {
            writeText(out, e.getKey());
            writeText(out, e.getValue());
        }
    }

    private static Map<String, String> readTexts(DataInput in) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            texts.put(readText(in), readText(in));
        }
        return texts;
    }

    private static Map<String, Long> readLengths(DataInput in) throws IOException {
        Map<String, Long> lengths = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            lengths.put(readText(in), in.readLong());
        }
        return lengths;
    }

    private static void writeText(DataOutput out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
