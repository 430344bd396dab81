package heddle.compiler.backend.tornado.host;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * The system properties without which TornadoVM computes something else than a kernel says. TornadoVM reads them once,
 * when its runtime is loaded, so every JVM that runs kernels has to be started with them.
 */
public final class TornadoSettings {
    private static final SequencedMap<String, String> REQUIRED = new LinkedHashMap<>();

    static {
        // A kernel that does not compile is an error; by default it runs on the host, wrongly.
        REQUIRED.put("tornado.recover.bailout", "False");
        // By default sin, cos and sqrt become native_sin, native_cos and native_sqrt, which have no bound on their
        // error.
        REQUIRED.put("tornado.enable.nativeFunctions", "False");
    }

    private TornadoSettings() {}

    /** The properties by name. */
    public static SequencedMap<String, String> required() {
        return Collections.unmodifiableSequencedMap(REQUIRED);
    }

    /** The same as options of {@code java}: {@code -Dname=value -Dname=value}. */
    public static String options() {
        return REQUIRED.entrySet().stream()
                .map(e -> "-D" + e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(" "));
    }
}
