package uk.ac.manchester.tornado.api;

/** A grid of one dimension. */
public class WorkerGrid1D extends ThreadGrid {
    public WorkerGrid1D(int x) {
        super(1, x, 1, 1);
    }
}
