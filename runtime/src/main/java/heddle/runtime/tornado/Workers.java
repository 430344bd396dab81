package heddle.runtime.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The workers of this process. One worker serves all programs of an SDK and a device, unless two of them have classes
 * of the same name.
 */
final class Workers {
    private record Entry(TornadoSdk sdk, Optional<TornadoDevice> device, Worker worker) {}

    private static final List<Entry> ENTRIES = new ArrayList<>();

    private Workers() {}

    /** One that is there and can load these classes, or a new one. */
    static synchronized Worker get(TornadoOptions options, Map<String, byte[]> classes) {
        ENTRIES.removeIf(e -> !e.worker().isAlive());
        for (Entry e : ENTRIES) {
            if (e.sdk().equals(options.sdk())
                    && e.device().equals(options.device())
                    && e.worker().classes().accepts(classes)) {
                return e.worker();
            }
        }
        Worker worker = Worker.start(options.sdk(), options.device());
        ENTRIES.add(new Entry(options.sdk(), options.device(), worker));
        return worker;
    }

    /** Ends all that are idle, which frees their memory on the device. */
    static synchronized void end() {
        ENTRIES.forEach(e -> e.worker().close());
        ENTRIES.clear();
    }
}
