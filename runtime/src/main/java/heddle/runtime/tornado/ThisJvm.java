package heddle.runtime.tornado;

import heddle.runtime.file.TemporaryDirectory;
import heddle.runtime.tornado.Message.Failed;
import heddle.runtime.tornado.Message.Reply;
import heddle.runtime.tornado.Message.Request;
import heddle.runtime.tornado.WorkerFailure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs programs in this process, which was started with an SDK's argument file. Generated classes go to a directory on
 * its class path that {@code heddle.tornado.classes} names. Time limits do not apply here, a driver that crashes takes
 * the process with it, and errors that drivers only print are not noticed.
 *
 * <p>TornadoVM reads the device and its limits from system properties at first use, so a process has one device.
 * Programs for other devices run in workers.
 */
final class ThisJvm implements ProgramJvm {
    static final String CLASSES = "heddle.tornado.classes";

    private static ThisJvm instance;

    private final TemporaryDirectory directory = new TemporaryDirectory("heddle-tornado-");
    private final ProgramHost host = new ProgramHost();
    private final ClassDirectory classes;

    private final Optional<TornadoDevice> device;

    private ThisJvm(Path classes, Optional<TornadoDevice> device) {
        this.classes = new ClassDirectory(classes);
        this.device = device;
        SdkJvm.properties(device).forEach(System::setProperty);
    }

    /** This process, when it was started so for this SDK, and no other device was used before. */
    static synchronized Optional<ThisJvm> get(TornadoOptions options) {
        String path = System.getProperty(CLASSES);
        if (path == null || !Files.isDirectory(Path.of(path)) || !isStartedFor(options.sdk())) {
            return Optional.empty();
        }
        if (instance == null) {
            instance = new ThisJvm(Path.of(path), options.device());
        }
        return Optional.of(instance).filter(jvm -> jvm.device.equals(options.device()));
    }

    private static boolean isStartedFor(TornadoSdk sdk) {
        return isHere("tornado.api", sdk.api())
                && sdk.cublas()
                        .map(jar -> isHere(TornadoSdk.CUBLAS_MODULE, jar))
                        .orElse(true);
    }

    private static boolean isHere(String module, Path jar) {
        return ModuleLayer.boot()
                .configuration()
                .findModule(module)
                .flatMap(m -> m.reference().location())
                .filter(location -> isSame(Path.of(location), jar))
                .isPresent();
    }

    private static boolean isSame(Path jar, Path other) {
        try {
            return Files.isSameFile(jar, other);
        } catch (IOException e) {
            return false;
        }
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
        AtomicReference<Failed> failed = new AtomicReference<>();
        host.handle(request, reply -> {
            if (reply instanceof Failed f) {
                failed.set(f);
            } else {
                replies.accept(reply);
            }
        });
        Failed f = failed.get();
        if (f != null) {
            throw new WorkerFailure(Kind.REFUSED, f.type(), f.message(), f.trace(), List.of());
        }
    }
}
