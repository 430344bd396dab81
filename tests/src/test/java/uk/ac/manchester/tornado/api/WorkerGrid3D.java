package uk.ac.manchester.tornado.api;

/** A grid of three dimensions. */
public class WorkerGrid3D extends ThreadGrid {
    public WorkerGrid3D(int x, int y, int z) {
        super(3, x, y, z);
    }
}
