package uk.ac.manchester.tornado.api;

/** A grid of two dimensions. */
public class WorkerGrid2D extends ThreadGrid {
    public WorkerGrid2D(int x, int y) {
        super(2, x, y, 1);
    }
}
