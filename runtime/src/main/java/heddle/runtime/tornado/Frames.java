package heddle.runtime.tornado;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;

/** Messages on a socket, each preceded by its length in bytes. Nothing else uses the socket, whatever is printed. */
record Frames(SocketChannel socket) implements AutoCloseable {
    private static final int MOST_BYTES = 64 << 20;

    void send(Message message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[Integer.BYTES]);
        message.write(new DataOutputStream(bytes));
        ByteBuffer frame = ByteBuffer.wrap(bytes.toByteArray());
        frame.putInt(0, frame.capacity() - Integer.BYTES);
        write(socket, frame);
    }

    private static void write(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** @throws EOFException when the other side is gone */
    Message receive() throws IOException {
        int length = read(socket, Integer.BYTES).getInt();
        if (length < 1 || length > MOST_BYTES) {
            throw new IOException("a frame of " + length + " bytes");
        }
        return Message.read(new DataInputStream(
                new ByteArrayInputStream(read(socket, length).array())));
    }

    private static ByteBuffer read(ReadableByteChannel channel, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException();
            }
        }
        return bytes.flip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
