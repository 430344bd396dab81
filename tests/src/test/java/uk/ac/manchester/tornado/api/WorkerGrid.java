package uk.ac.manchester.tornado.api;

/** How many threads run a task, and in groups of how many. */
public interface WorkerGrid {
    int dimension();

    long[] getGlobalWork();

    /** The threads of a group; null leaves the choice to the driver. */
    long[] getLocalWork();

    void setGlobalWork(long x, long y, long z);

    void setLocalWork(long x, long y, long z);
}
