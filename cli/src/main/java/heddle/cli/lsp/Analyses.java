package heddle.cli.lsp;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Keeps what is known of open documents up to date. The thread that reads messages only asks for it. Mistakes are looked for a
 * moment after an edit, the fusion of attention when nobody has typed for longer. Both take the newest text, and what an edit
 * has overtaken is dropped; of mistakes somebody is told all the same who types for long without a word.
 */
final class Analyses {
    /** Edits that come at once, as of a replacement in many places, are looked at together. */
    private static final int EDIT_MILLIS = 5;

    /** So long may somebody type without a word, where looking takes longer than the time to the next key. */
    private static final long SILENCE_NANOS = 200_000_000;

    /** Longer than between two keys. */
    private static final int PAUSE_MILLIS = 300;

    /** Is told of results for the newest revision, on a thread of this class. */
    interface Listener {
        void analysed(OpenDocument document, Analysis analysis);

        void explained(OpenDocument document, Fusion fusion);

        void failed(OpenDocument document, Throwable cause);
    }

    private final OpenDocuments documents;
    private final Analyser analyser;
    private final Listener listener;
    private final ScheduledExecutorService timer = scheduler("heddle analysis");
    private final ExecutorService compiler = Executors.newSingleThreadExecutor(daemon("heddle fusion"));

    /** Tells the listener of one thing at a time, the newest last. */
    private final Object telling = new Object();

    private volatile long told = System.nanoTime();

    Analyses(OpenDocuments documents, Listener listener) {
        this.documents = documents;
        this.listener = listener;
        analyser = new Analyser(documents::text);
        Rehearsal.start(timer, () -> documents.all().stream().anyMatch(d -> d.revision() > 1));
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private static ScheduledExecutorService scheduler(String name) {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, daemon(name));
        scheduler.setRemoveOnCancelPolicy(true);
        return scheduler;
    }

    /** Has a document looked at whose text, or whose surroundings, are new. */
    void renew(OpenDocument document, DocumentText text) {
        document.renew(text);
        document.plan(timer.schedule(() -> analyse(document), EDIT_MILLIS, TimeUnit.MILLISECONDS));
    }

    /** Closes a document; what was said of it is taken back, and nothing is said after that. */
    void close(OpenDocument document, Runnable takeBack) {
        synchronized (telling) {
            document.close();
            takeBack.run();
        }
        changed(document.text().name());
    }

    /** Has documents looked at that depend on a file. */
    void changed(String name) {
        for (OpenDocument document : documents.all()) {
            if (document.last().filter(a -> a.read().contains(name)).isPresent()) {
                renew(document, document.text());
            }
        }
    }

    /** Has all documents looked at. */
    void renewAll() {
        documents.all().forEach(d -> renew(d, d.text()));
    }

    private void analyse(OpenDocument document) {
        long revision = document.revision();
        try {
            Analysis analysis = analyser.analyse(document.text(), documents.lengths(), document.clean());
            if (!document.take(revision, analysis)) {
                tellOfOlder(document, analysis);
            } else {
                tell(document, revision, () -> listener.analysed(document, analysis));
                if (analysis.model().isPresent()) {
                    document.plan(
                            revision,
                            timer.schedule(
                                    () -> compiler.execute(() -> explain(document, revision, analysis)),
                                    PAUSE_MILLIS,
                                    TimeUnit.MILLISECONDS));
                }
            }
        } catch (RuntimeException | Error e) {
            failed(document, e);
        }
    }

    private void explain(OpenDocument document, long revision, Analysis analysis) {
        if (!document.isNewest(revision)) {
            return;
        }
        try {
            Fusion fusion = Fusion.of(analysis, () -> {
                if (!document.isNewest(revision)) {
                    throw new CancellationException("overtaken by an edit");
                }
            });
            if (document.take(revision, fusion)) {
                tell(document, revision, () -> listener.explained(document, fusion));
            }
        } catch (CancellationException e) {
            // The next revision has its own turn.
        } catch (RuntimeException | Error e) {
            failed(document, e);
        }
    }

    /** Tells of a text that an edit has overtaken, where nothing was told for long. */
    private void tellOfOlder(OpenDocument document, Analysis analysis) {
        synchronized (telling) {
            if (document.isOpen() && System.nanoTime() - told > SILENCE_NANOS) {
                tell(() -> listener.analysed(document, analysis));
            }
        }
    }

    private void tell(OpenDocument document, long revision, Runnable news) {
        synchronized (telling) {
            if (document.isNewest(revision)) {
                tell(news);
            }
        }
    }

    private void tell(Runnable news) {
        synchronized (telling) {
            news.run();
            told = System.nanoTime();
        }
    }

    private void failed(OpenDocument document, Throwable cause) {
        document.fail(cause);
        listener.failed(document, cause);
    }
}
