package heddle.cli;

import heddle.runtime.artifact.DownloadListener;
import java.io.PrintStream;
import java.util.IdentityHashMap;
import java.util.Map;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows downloads on a terminal: a moving bar for each. */
final class DownloadBar implements DownloadListener {
    private final PrintStream out;

    /** Two downloads may be equal: of one file, asked for twice at the same time. */
    private final Map<Download, ProgressBar> bars = new IdentityHashMap<>();

    DownloadBar(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void started(Download download) {
        bars.put(
                download,
                new ProgressBarBuilder()
                        .setTaskName("downloading " + download.name())
                        .setInitialMax(download.bytes())
                        .setUnit(" MB", 1_000_000)
                        .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                        .setConsumer(new ConsoleProgressBarConsumer(out))
                        .showSpeed()
                        .build());
    }

    @Override
    public synchronized void progressed(Download download, long bytes) {
        bars.get(download).stepTo(bytes);
    }

    @Override
    public synchronized void ended(Download download, boolean whole) {
        bars.remove(download).close();
    }
}
