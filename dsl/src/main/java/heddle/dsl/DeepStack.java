package heddle.dsl;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Runs code that recurses over trees and graphs on a thread whose stack is deep enough for large models, such as a sum
 * of thousands of terms, or thousands of functions one after the other. The stack takes only as much memory as is used.
 */
public final class DeepStack {
    private static final long BYTES = 256L << 20;

    private DeepStack() {}

    private static final class DeepThread extends Thread {
        DeepThread(Runnable task) {
            super(null, task, "heddle compiler", BYTES);
        }
    }

    /** Returns or throws what {@code task} does; runs it on this thread if its stack is deep already. */
    public static <T> T call(Supplier<T> task) {
        if (Thread.currentThread() instanceof DeepThread) {
            return task.get();
        }
        FutureTask<T> running = new FutureTask<>(task::get);
        new DeepThread(running).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return running.get();
                } catch (InterruptedException e) {
                    interrupted = true; // Compiling ends by itself; who called is told afterwards.
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException wrong -> throw wrong;
                case Error error -> throw error;
                default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
