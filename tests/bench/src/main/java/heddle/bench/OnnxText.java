package heddle.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes small ONNX models: the few fields of the protocol buffers that a model of some nodes needs. */
final class OnnxText {
    private static final int F32 = 1;
    private static final int OPSET = 23;

    private final List<byte[]> nodes = new ArrayList<>();
    private final List<byte[]> inputs = new ArrayList<>();
    private final List<byte[]> outputs = new ArrayList<>();

    /** The fields of one message. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private Message varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                bytes.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            bytes.write((int) rest);
            return this;
        }

        Message number(int field, long value) {
            return varint((long) field << 3).varint(value);
        }

        Message bytes(int field, byte[] value) {
            varint((long) field << 3 | 2).varint(value.length);
            bytes.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        byte[] done() {
            return bytes.toByteArray();
        }
    }

    /** An input of f32 elements. */
    OnnxText input(String name, long... shape) {
        inputs.add(tensor(name, shape));
        return this;
    }

    /** An output of f32 elements. */
    OnnxText output(String name, long... shape) {
        outputs.add(tensor(name, shape));
        return this;
    }

    private static byte[] tensor(String name, long... shape) {
        Message dims = new Message();
        for (long d : shape) {
            dims.bytes(1, new Message().number(1, d).done());
        }
        Message type = new Message().number(1, F32).bytes(2, dims.done());
        return new Message()
                .text(1, name)
                .bytes(2, new Message().bytes(1, type.done()).done())
                .done();
    }

    /** A node with one result. */
    OnnxText node(String op, String result, String... operands) {
        Message node = new Message();
        for (String o : operands) {
            node.text(1, o);
        }
        nodes.add(node.text(2, result).text(3, result).text(4, op).done());
        return this;
    }

    /** The model as a file's bytes. */
    byte[] model() {
        Message graph = new Message();
        nodes.forEach(n -> graph.bytes(1, n));
        graph.text(2, "g");
        inputs.forEach(i -> graph.bytes(11, i));
        outputs.forEach(o -> graph.bytes(12, o));
        byte[] opset = new Message().text(1, "").number(2, OPSET).done();
        return new Message()
                .number(1, 10)
                .bytes(7, graph.done())
                .bytes(8, opset)
                .done();
    }
}
