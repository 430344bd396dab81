package uk.ac.manchester.tornado.api;

/** What a kernel knows of the thread that runs it. */
public class KernelContext {
    public final Integer globalIdx;
    public final Integer globalIdy;
    public final Integer globalIdz;
    public final Integer groupIdx;
    public final Integer groupIdy;
    public final Integer groupIdz;
    public final Integer localIdx;
    public final Integer localIdy;
    public final Integer localIdz;
    public final Integer globalGroupSizeX;
    public final Integer globalGroupSizeY;
    public final Integer globalGroupSizeZ;
    public final Integer localGroupSizeX;
    public final Integer localGroupSizeY;
    public final Integer localGroupSizeZ;

    /** The context that tasks are declared with; kernels see that of their thread in its place. */
    public KernelContext() {
        this(new int[3], new int[3], new int[3], new int[3]);
    }

    /** A thread at {@code local} of the group at {@code group}, by the sizes of grid and group: x, y and z of each. */
    protected KernelContext(int[] group, int[] local, int[] gridSize, int[] groupSize) {
        this.globalIdx = group[0] * groupSize[0] + local[0];
        this.globalIdy = group[1] * groupSize[1] + local[1];
        this.globalIdz = group[2] * groupSize[2] + local[2];
        this.groupIdx = group[0];
        this.groupIdy = group[1];
        this.groupIdz = group[2];
        this.localIdx = local[0];
        this.localIdy = local[1];
        this.localIdz = local[2];
        this.globalGroupSizeX = gridSize[0];
        this.globalGroupSizeY = gridSize[1];
        this.globalGroupSizeZ = gridSize[2];
        this.localGroupSizeX = groupSize[0];
        this.localGroupSizeY = groupSize[1];
        this.localGroupSizeZ = groupSize[2];
    }

    public void localBarrier() {
        throw outsideOfKernel();
    }

    public float[] allocateFloatLocalArray(int size) {
        throw outsideOfKernel();
    }

    public double[] allocateDoubleLocalArray(int size) {
        throw outsideOfKernel();
    }

    public int[] allocateIntLocalArray(int size) {
        throw outsideOfKernel();
    }

    public long[] allocateLongLocalArray(int size) {
        throw outsideOfKernel();
    }

    public byte[] allocateByteLocalArray(int size) {
        throw outsideOfKernel();
    }

    /** Loading a kernel turns its calls into those of its thread, so these are only met elsewhere. */
    private static IllegalStateException outsideOfKernel() {
        return new IllegalStateException("barriers and local arrays are for kernels");
    }
}
