package heddle.maven;

import heddle.runtime.artifact.DownloadListener;
import heddle.runtime.artifact.DownloadListener.Download;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferEvent;
import org.eclipse.aether.transfer.TransferResource;

/** Passes on what the resolver says of its downloads. Closed, it has told the end of each one that it told the start of. */
final class Transfers extends AbstractTransferListener implements AutoCloseable {
    /** Checksums and POMs are not worth telling. */
    private static final long WORTH_TELLING = 1 << 20;

    private final DownloadListener listener;
    private final Map<TransferResource, Download> running = new HashMap<>();

    Transfers(DownloadListener listener) {
        this.listener = listener;
    }

    @Override
    public synchronized void transferProgressed(TransferEvent event) {
        TransferResource resource = event.getResource();
        if (resource.getContentLength() < WORTH_TELLING) {
            return;
        }
        Download download = running.get(resource);
        if (download == null) {
            download = new Download(name(resource), resource.getRepositoryUrl(), resource.getContentLength());
            running.put(resource, download);
            listener.started(download);
        }
        listener.progressed(download, event.getTransferredBytes());
    }

    @Override
    public synchronized void transferSucceeded(TransferEvent event) {
        end(event, true);
    }

    @Override
    public synchronized void transferFailed(TransferEvent event) {
        end(event, false);
    }

    @Override
    public void transferCorrupted(TransferEvent event) {
        // The resolver fetches it again, or says that the transfer failed.
    }

    private void end(TransferEvent event, boolean whole) {
        Download download = running.remove(event.getResource());
        if (download != null) {
            listener.ended(download, whole);
        }
    }

    private static String name(TransferResource resource) {
        String path = resource.getResourceName();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public synchronized void close() {
        running.values().forEach(download -> listener.ended(download, false));
        running.clear();
    }
}
