package heddle.runtime.artifact;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferEvent;
import org.eclipse.aether.transfer.TransferResource;

/** Tells on a stream what is being downloaded: a moving bar on a terminal, else one line at the start and at the end. */
public final class DownloadProgress extends AbstractTransferListener implements AutoCloseable {
    /** Checksums and POMs are not worth a line. */
    private static final long WORTH_TELLING = 1 << 20;

    private final PrintStream out;
    private final boolean terminal;
    private ProgressBar bar;

    public DownloadProgress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public synchronized void transferProgressed(TransferEvent event) {
        TransferResource resource = event.getResource();
        if (resource.getContentLength() < WORTH_TELLING) {
            return;
        }
        if (event.getTransferredBytes() == event.getDataLength()) {
            started(resource);
        }
        if (bar != null) {
            bar.stepTo(event.getTransferredBytes());
        }
    }

    private void started(TransferResource resource) {
        String what = "downloading " + name(resource);
        if (terminal) {
            bar = new ProgressBarBuilder()
                    .setTaskName(what)
                    .setInitialMax(resource.getContentLength())
                    .setUnit(" MB", 1_000_000)
                    .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                    .setConsumer(new ConsoleProgressBarConsumer(out))
                    .showSpeed()
                    .build();
        } else {
            out.println(
                    what + " (" + resource.getContentLength() / 1_000_000 + " MB) from " + resource.getRepositoryUrl());
        }
    }

    @Override
    public synchronized void transferSucceeded(TransferEvent event) {
        if (event.getTransferredBytes() >= WORTH_TELLING) {
            close();
            if (!terminal) {
                out.println("downloaded " + name(event.getResource()));
            }
        }
    }

    private static String name(TransferResource resource) {
        String path = resource.getResourceName();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Takes an unfinished bar off the screen. */
    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
