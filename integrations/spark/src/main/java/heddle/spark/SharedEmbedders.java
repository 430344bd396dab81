package heddle.spark;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The embedders of a process. One that no task uses is kept for the next stage, which often begins soon, and let go after a while.
 */
final class SharedEmbedders {
    static final SharedEmbedders OF_PROCESS = new SharedEmbedders(Duration.ofMinutes(1));

    private final Map<SharedEmbedder.Key, SharedEmbedder> all = new HashMap<>();
    private final Duration idle;

    /** @param idle how long an embedder is kept that nobody uses */
    SharedEmbedders(Duration idle) {
        this.idle = idle;
    }

    /** The embedder for a model and settings, which is to be {@linkplain #release released} once. */
    synchronized SharedEmbedder acquire(SharedEmbedder.Key key, Supplier<ModelBytes> model) {
        SharedEmbedder shared = all.computeIfAbsent(key, k -> new SharedEmbedder(k, model));
        shared.users++;
        return shared;
    }

    /** Says that a task has ended. */
    synchronized void release(SharedEmbedder shared) {
        shared.users--;
        shared.ended++;
        long now = shared.ended;
        if (shared.users == 0) {
            CompletableFuture.delayedExecutor(idle.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> drop(shared, now));
        }
    }

    private synchronized void drop(SharedEmbedder shared, long ended) {
        if (shared.users == 0 && shared.ended == ended) {
            all.remove(shared.key());
            shared.close();
        }
    }

    synchronized int size() {
        return all.size();
    }
}
