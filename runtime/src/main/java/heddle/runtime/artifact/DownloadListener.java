package heddle.runtime.artifact;

import java.util.function.Consumer;

/** Told of downloads while they go on; by several threads where several downloads do. */
public interface DownloadListener {
    /**
     * A file on its way here.
     *
     * @param name       the file's name
     * @param repository where it comes from
     * @param bytes      its size
     */
    record Download(String name, String repository, long bytes) {}

    /** Says nothing. */
    DownloadListener SILENT = new DownloadListener() {};

    default void started(Download download) {}

    /** @param bytes that are here so far */
    default void progressed(Download download, long bytes) {}

    /** @param whole whether the file is here; else the download failed */
    default void ended(Download download, boolean whole) {}

    /** Tells the start and the end of a download, a line each. */
    static DownloadListener lines(Consumer<String> out) {
        return new DownloadListener() {
            @Override
            public void started(Download download) {
                out.accept("downloading " + download.name() + " (" + download.bytes() / 1_000_000 + " MB) from "
                        + download.repository());
            }

            @Override
            public void ended(Download download, boolean whole) {
                if (whole) {
                    out.accept("downloaded " + download.name());
                }
            }
        };
    }
}
