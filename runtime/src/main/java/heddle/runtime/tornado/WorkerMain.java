package heddle.runtime.tornado;

import heddle.runtime.file.FileTree;
import heddle.runtime.tornado.Message.Ready;
import heddle.runtime.tornado.Message.Request;
import heddle.runtime.tornado.Message.Started;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The main class of a worker. A worker ends with its caller: when the socket closes, for any reason, it deletes what
 * the caller may not have deleted, and halts, even while a driver hangs.
 */
final class WorkerMain {
    /** A line among what drivers print, which says what runs then; the graph's number comes after it. */
    static final String GRAPH = "[Heddle] task graph ";

    private WorkerMain() {}

    /** @param args the directory of the session, and the socket in it */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path directory = Path.of(args[0]);
        Frames frames = connect(Path.of(args[1]), directory);
        BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> read(frames, requests, directory), "heddle-requests");
        reader.setDaemon(true);
        reader.start();
        ProgramHost host = new ProgramHost();
        frames.send(new Ready());
        while (true) {
            host.handle(requests.take(), reply -> send(frames, reply));
        }
    }

    private static Frames connect(Path socket, Path directory) throws IOException {
        try {
            return new Frames(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        } catch (IOException e) {
            FileTree.delete(directory); // The caller was ended before its worker had started.
            throw e;
        }
    }

    private static void read(Frames frames, BlockingQueue<Request> requests, Path directory) {
        try {
            while (true) {
                requests.add((Request) frames.receive());
            }
        } catch (IOException e) {
            end(directory);
        }
    }

    private static void send(Frames frames, Message.Reply reply) {
        if (reply instanceof Started s) {
            System.out.println(GRAPH + s.graph());
        }
        try {
            frames.send(reply);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(Path directory) {
        try {
            FileTree.delete(directory);
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }
}
