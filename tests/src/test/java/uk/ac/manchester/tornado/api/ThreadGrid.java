package uk.ac.manchester.tornado.api;

/** What grids of any dimension have in common. */
class ThreadGrid implements WorkerGrid {
    private final int dimension;
    private long[] global;
    private long[] local;

    ThreadGrid(int dimension, long x, long y, long z) {
        this.dimension = dimension;
        this.global = new long[] {x, y, z};
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public long[] getGlobalWork() {
        return global;
    }

    @Override
    public long[] getLocalWork() {
        return local;
    }

    @Override
    public void setGlobalWork(long x, long y, long z) {
        global = new long[] {x, y, z};
    }

    @Override
    public void setLocalWork(long x, long y, long z) {
        local = new long[] {x, y, z};
    }
}
