package heddle.runtime.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * Copies the messages of a mapped ONNX file without the elements of large tensors, in whose place it writes where they lie. Protocol
 * buffers would copy the whole file before they read it.
 */
final class TensorPlaces {
    /** A number that no field of a tensor has: where its raw data begin, and how many bytes they are. */
    static final int FIELD = (1 << 29) - 1;

    /** Smaller tensors are copied: they are read at once, for shapes and axes. */
    private static final int LEAST = 1 << 14;

    /** Messages in messages; protocol buffers refuse what is deeper. */
    private static final int MOST_DEEP = 120;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    /** Messages that may hold tensors. */
    private enum Message {
        MODEL,
        GRAPH,
        FUNCTION,
        NODE,
        ATTRIBUTE,
        TENSOR;

        private static final Map<Integer, Message> IN_MODEL =
                Map.of(ModelProto.GRAPH_FIELD_NUMBER, GRAPH, ModelProto.FUNCTIONS_FIELD_NUMBER, FUNCTION);
        private static final Map<Integer, Message> IN_GRAPH =
                Map.of(GraphProto.NODE_FIELD_NUMBER, NODE, GraphProto.INITIALIZER_FIELD_NUMBER, TENSOR);

        /** What a field of bytes holds; null where it can have no tensors. */
        Message of(int field) {
            return switch (this) {
                case MODEL -> IN_MODEL.get(field);
                case GRAPH -> IN_GRAPH.get(field);
                case FUNCTION -> field == FunctionProto.NODE_FIELD_NUMBER ? NODE : null;
                case NODE -> field == NodeProto.ATTRIBUTE_FIELD_NUMBER ? ATTRIBUTE : null;
                case ATTRIBUTE ->
                    field == AttributeProto.T_FIELD_NUMBER
                            ? TENSOR
                            : field == AttributeProto.G_FIELD_NUMBER ? GRAPH : null;
                case TENSOR -> null;
            };
        }
    }

    private final MemorySegment file;
    private long at;

    private TensorPlaces(MemorySegment file) {
        this.file = file;
    }

    /** The messages of a file. @throws IllegalArgumentException when it is no file of protocol buffers, or cut short */
    static byte[] in(MemorySegment file) {
        return new TensorPlaces(file).copy(Message.MODEL, file.byteSize(), 0).toByteArray();
    }

    private ByteArrayOutputStream copy(Message message, long end, int depth) {
        if (depth > MOST_DEEP) {
            throw new IllegalArgumentException("its graphs lie more than " + MOST_DEEP + " deep in each other");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (at < end) {
            long start = at;
            long tag = varint(end);
            if (tag >>> Integer.SIZE != 0) {
                throw new IllegalArgumentException("there is no field at byte " + start);
            }
            int field = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case VARINT -> varint(end);
                case FIXED64 -> skip(Long.BYTES, end);
                case FIXED32 -> skip(Integer.BYTES, end);
                case BYTES -> {
                    long length = varint(end);
                    long content = at;
                    skip(length, end);
                    Message inner = message.of(field);
                    if (inner != null) {
                        at = content;
                        ByteArrayOutputStream lean = copy(inner, content + length, depth + 1);
                        write(out, tag);
                        write(out, lean.size());
                        out.writeBytes(lean.toByteArray());
                        continue;
                    }
                    if (message == Message.TENSOR && field == TensorProto.RAW_DATA_FIELD_NUMBER && length >= LEAST) {
                        writePlace(out, content, length);
                        continue;
                    }
                }
                default -> throw new IllegalArgumentException("there is no field at byte " + start);
            }
            if (field != FIELD) {
                out.writeBytes(file.asSlice(start, at - start).toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return out;
    }

    private static void writePlace(ByteArrayOutputStream out, long content, long length) {
        long tag = (long) FIELD << 3 | VARINT;
        write(out, tag);
        write(out, content);
        write(out, tag);
        write(out, length);
    }

    private void skip(long bytes, long end) {
        if (bytes < 0 || bytes > end - at) {
            throw new IllegalArgumentException("it is cut short: at byte " + at + ", " + Long.toUnsignedString(bytes)
                    + " bytes should follow, and " + (end - at) + " do");
        }
        at += bytes;
    }

    private long varint(long end) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            long from = at;
            skip(1, end);
            byte next = file.get(ValueLayout.JAVA_BYTE, from);
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("there is no number at byte " + at);
    }

    private static void write(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
