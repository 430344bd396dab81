package heddle.cli.lsp;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * An open document: its newest text, and what is known of it by now. Each edit makes a revision, and so does each change of a
 * file that it imports; results for another revision than the newest are refused.
 */
final class OpenDocument {
    private DocumentText text;
    private long revision;
    private boolean isOpen = true;
    private CompletableFuture<Analysis> analysis = new CompletableFuture<>();
    private CompletableFuture<Fusion> fusion = new CompletableFuture<>();
    private Optional<Analysis> last = Optional.empty();
    private Optional<Analysis> clean = Optional.empty();
    private Optional<Fusion> explained = Optional.empty();
    private Future<?> next = CompletableFuture.completedFuture(null);

    OpenDocument(DocumentText text) {
        this.text = text;
    }

    synchronized DocumentText text() {
        return text;
    }

    synchronized long revision() {
        return revision;
    }

    synchronized boolean isNewest(long other) {
        return revision == other;
    }

    /** Begins a revision. Those who wait for the one before get the results of this one. */
    synchronized void renew(DocumentText now) {
        text = now;
        revision++;
        analysis = analysis.isDone() ? new CompletableFuture<>() : analysis;
        fusion = fusion.isDone() ? new CompletableFuture<>() : fusion;
    }

    /** Replaces what is to be done next for this document. */
    synchronized void plan(Future<?> task) {
        next.cancel(false);
        next = task;
    }

    /** The same for what a revision asks for: when a newer one has its own task, that stays. */
    synchronized void plan(long of, Future<?> task) {
        if (of == revision) {
            plan(task);
        } else {
            task.cancel(false);
        }
    }

    /** The analysis of the newest text, now or when it is there. */
    synchronized CompletableFuture<Analysis> analysis() {
        return analysis;
    }

    /** The fusion of the newest text, now or when it is there; of one with mistakes there is none. */
    synchronized CompletableFuture<Fusion> fusion() {
        return fusion;
    }

    /** The last analysis, perhaps of an older text. */
    synchronized Optional<Analysis> last() {
        return last;
    }

    /** The last analysis of a text without mistakes in its syntax. */
    synchronized Optional<Analysis> clean() {
        return clean;
    }

    /** The last fusion, perhaps of an older text. */
    synchronized Optional<Fusion> explained() {
        return explained;
    }

    /** Takes an analysis. @return whether it is of the newest revision */
    boolean take(long of, Analysis found) {
        CompletableFuture<Analysis> waiting;
        synchronized (this) {
            if (of != revision) {
                return false;
            }
            last = Optional.of(found);
            clean = found.isParsed() || clean.isEmpty() ? last : clean;
            waiting = analysis;
        }
        waiting.complete(found);
        return true;
    }

    /** Takes what became of attention. @return whether it is of the newest revision */
    boolean take(long of, Fusion found) {
        CompletableFuture<Fusion> waiting;
        synchronized (this) {
            if (of != revision) {
                return false;
            }
            explained = Optional.of(found);
            waiting = fusion;
        }
        waiting.complete(found);
        return true;
    }

    /** Refuses whatever comes. */
    synchronized void close() {
        revision++;
        isOpen = false;
        next.cancel(false);
        fail(new IllegalStateException(text.uri() + " was closed"));
    }

    synchronized boolean isOpen() {
        return isOpen;
    }

    /** Tells those who wait that there will be nothing. */
    void fail(Throwable cause) {
        analysis().completeExceptionally(cause);
        fusion().completeExceptionally(cause);
    }
}
