package heddle.runtime.tornado;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.file.TemporaryDirectory;
import heddle.runtime.tornado.Message.Done;
import heddle.runtime.tornado.Message.Failed;
import heddle.runtime.tornado.Message.Ready;
import heddle.runtime.tornado.Message.Reply;
import heddle.runtime.tornado.Message.Request;
import heddle.runtime.tornado.Message.Started;
import heddle.runtime.tornado.WorkerFailure.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** A JVM that was started for TornadoVM. It has a directory of its own for the socket, classes and shared files. */
final class Worker implements ProgramJvm, AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(5);

    /** The exit code of a process that got SIGKILL, which neither drivers nor the JVM send to themselves. */
    private static final int KILLED = 128 + 9;

    /** What TornadoVM prints where a call of a driver fails; that NVML cannot read the power is no failure of a run. */
    private static final Pattern DRIVER_ERROR = Pattern.compile("\\s*\\[TornadoVM-(?!\\w+-NVML).*] ERROR.*");

    private final TemporaryDirectory directory;
    private final SdkJvm jvm;
    private final ClassDirectory classes;
    private final Process process;
    private final Frames frames;

    /** What the worker says, and {@link #GONE} when it is gone. */
    private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();

    private static final Failed GONE = new Failed("", "", "");

    private Worker(TemporaryDirectory directory, SdkJvm jvm, Path classes, Process process, SocketChannel socket) {
        this.directory = directory;
        this.jvm = jvm;
        this.classes = new ClassDirectory(classes);
        this.process = process;
        this.frames = new Frames(socket);
        Thread reader = new Thread(this::read, "heddle-worker-replies");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a worker.
     *
     * @param device that its programs run on; TornadoVM's own choice when absent
     * @throws DiagnosticException when it does not start
     */
    static Worker start(TornadoSdk sdk, Optional<TornadoDevice> device) {
        TemporaryDirectory directory = new TemporaryDirectory("heddle-worker-");
        SdkJvm jvm = new SdkJvm(sdk, directory.path());
        Path socket = directory.path().resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket)).configureBlocking(false);
            Path classes = Files.createDirectory(directory.path().resolve("classes"));
            Process process = jvm.start(
                    device,
                    List.of(ownClasses(), classes),
                    List.of(WorkerMain.class.getName(), directory.path().toString(), socket.toString()));
            directory.beforeDeletion(() -> end(process));
            Worker worker = new Worker(directory, jvm, classes, process, accept(server, process, jvm));
            worker.awaitReady();
            return worker;
        } catch (IOException e) {
            directory.close();
            throw SdkJvm.unusable(directory.path(), e);
        } catch (DiagnosticException e) {
            directory.close();
            throw e;
        }
    }

    /** Where the classes of this package lie: a jar, or a directory. */
    private static Path ownClasses() {
        try {
            return Path.of(Worker.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SocketChannel accept(ServerSocketChannel server, Process process, SdkJvm jvm) throws IOException {
        long end = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            SocketChannel socket = server.accept();
            if (socket != null) {
                socket.configureBlocking(true);
                return socket;
            }
            pause();
        }
        throw notStarted(process, jvm);
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a worker starts", e);
        }
    }

    private static DiagnosticException notStarted(Process process, SdkJvm jvm) {
        Diagnostic diagnostic = Diagnostic.of(
                TornadoCode.WORKER_START,
                process.isAlive()
                        ? "the TornadoVM worker did not start in " + START_LIMIT.toSeconds() + " seconds"
                        : "the TornadoVM worker ended with code " + process.exitValue() + " before it was ready");
        for (String line : jvm.lastLines()) {
            diagnostic = diagnostic.note(line);
        }
        return new DiagnosticException(
                diagnostic.hint("see whether `" + jvm.sdk().home().resolve("bin/tornado") + " --devices` works"));
    }

    private void awaitReady() {
        try {
            if (!(received.poll(START_LIMIT.toNanos(), TimeUnit.NANOSECONDS) instanceof Ready)) {
                throw notStarted(process, jvm);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notStarted(process, jvm);
        }
    }

    private void read() {
        try {
            while (true) {
                received.add(frames.receive());
            }
        } catch (IOException e) {
            received.add(GONE);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public Path directory() {
        return directory.path();
    }

    @Override
    public ClassDirectory classes() {
        return classes;
    }

    @Override
    public synchronized void request(Request request, Duration limit, Consumer<Reply> replies) throws WorkerFailure {
        long end = System.nanoTime() + limit.toNanos();
        int printed = jvm.lines().size();
        try {
            frames.send(request);
            while (true) {
                Message reply = received.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (reply instanceof Started s) {
                    replies.accept(s);
                } else if (reply instanceof Done d) {
                    requireNoErrors(printed);
                    replies.accept(d);
                    return;
                } else if (reply == null) {
                    throw ended(Kind.HUNG, "no answer in " + limit.toMillis() / 1e3 + " seconds");
                } else if (reply == GONE) {
                    throw died();
                } else if (reply instanceof Failed f) {
                    throw new WorkerFailure(Kind.REFUSED, f.type(), f.message(), f.trace(), jvm.lastLines());
                }
            }
        } catch (IOException e) {
            throw died();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ended(Kind.HUNG, "interrupted");
        }
    }

    /** Some calls of the drivers fail without an exception: TornadoVM prints a line, and results are not there. */
    private void requireNoErrors(int printed) throws WorkerFailure {
        List<String> lines = jvm.lines();
        int graph = -1;
        for (String line : lines.subList(Math.min(printed, lines.size()), lines.size())) {
            if (line.startsWith(WorkerMain.GRAPH)) {
                graph = Integer.parseInt(line.substring(WorkerMain.GRAPH.length()));
            } else if (DRIVER_ERROR.matcher(line).matches()) {
                throw WorkerFailure.printed(line.strip(), jvm.lastLines(), graph);
            }
        }
    }

    private WorkerFailure died() {
        end(process); // Its socket is closed: whatever is left of it is no use.
        return ended(
                process.exitValue() == KILLED ? Kind.KILLED : Kind.DIED,
                "the worker ended with code " + process.exitValue());
    }

    private WorkerFailure ended(Kind kind, String message) {
        List<String> lines = jvm.lastLines();
        close();
        return new WorkerFailure(kind, "", message, "", lines);
    }

    private static void end(Process process) {
        try {
            // One that died by itself keeps the code that says how.
            if (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            frames.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        directory.close();
    }
}
