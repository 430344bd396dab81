package heddle.tests.tornado.device;

import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;
import uk.ac.manchester.tornado.cublas.CuBlas;

/**
 * What cuBLAS does for a library task, in plain loops, on matrices in column-major order. Arguments that its manual does not allow
 * are faults, and so is reading what nobody wrote.
 */
record CuBlasCalls(String task, LibraryTaskDescriptor call, GraphMemory memory) {
    void run() {
        Object[] p = call.getParameters();
        if (!CuBlas.LIBRARY_NAME.equals(call.getLibraryName()) || call.getAccess().length != p.length) {
            throw fault("calls " + call.getLibraryName() + " with " + call.getAccess().length + " accesses for "
                    + p.length + " parameters");
        }
        switch (call.getFunctionName()) {
            case "cublasSgemm" ->
                gemm(p, 1, new Matrix(p, 6, 7), new Matrix(p, 8, 9), (float) p[10], new Matrix(p, 11, 12));
            case "cublasSgemmStridedBatched" ->
                gemm(
                        p,
                        (int) p[16],
                        new Matrix(p, 6, 7, 8),
                        new Matrix(p, 9, 10, 11),
                        (float) p[12],
                        new Matrix(p, 13, 14, 15));
            default -> throw fault("calls " + call.getFunctionName() + ", which the double does not have");
        }
    }

    /** An array as a batch of matrices. @param at its position among the parameters */
    private record Matrix(TornadoNativeArray array, int at, int leading, long stride) {
        Matrix(Object[] p, int array, int leading) {
            this((TornadoNativeArray) p[array], array, (int) p[leading], 0);
        }

        Matrix(Object[] p, int array, int leading, int stride) {
            this((TornadoNativeArray) p[array], array, (int) p[leading], (long) p[stride]);
        }

        long address(int batch, int row, int column) {
            return batch * stride + (long) column * leading + row;
        }
    }

    private void gemm(Object[] p, int batches, Matrix a, Matrix b, float beta, Matrix c) {
        int m = (int) p[2];
        int n = (int) p[3];
        int k = (int) p[4];
        boolean transA = isTransposed(p[0]);
        boolean transB = isTransposed(p[1]);
        if (m < 0 || n < 0 || k < 0 || batches < 0) {
            throw fault("has sizes " + m + ", " + n + ", " + k + ", " + batches);
        }
        requireLeading(a, transA ? k : m);
        requireLeading(b, transB ? n : k);
        requireLeading(c, m);
        if (beta != 0 || call.getAccess()[c.at()] != Access.WRITE_ONLY) {
            throw fault("adds to a result that nothing is known of");
        }
        if (c.array() == a.array() || c.array() == b.array()) {
            throw fault("writes an operand");
        }
        for (int batch = 0; batch < batches; batch++) {
            for (int column = 0; column < n; column++) {
                for (int row = 0; row < m; row++) {
                    float sum = 0;
                    for (int i = 0; i < k; i++) {
                        sum += read(a, transA ? a.address(batch, i, row) : a.address(batch, row, i))
                                * read(b, transB ? b.address(batch, column, i) : b.address(batch, i, column));
                    }
                    write(c, c.address(batch, row, column), (float) p[5] * sum);
                }
            }
        }
    }

    private boolean isTransposed(Object operation) {
        return switch ((int) operation) {
            case 0 -> false;
            case 1 -> true;
            default -> throw fault("has operation " + operation);
        };
    }

    private void requireLeading(Matrix matrix, int rows) {
        if (matrix.leading() < Math.max(1, rows)) {
            throw fault("has a leading dimension of " + matrix.leading() + " for columns of " + rows);
        }
    }

    private float read(Matrix matrix, long address) {
        DeviceBuffer buffer = within(matrix, address);
        if (!buffer.holds((int) address)) {
            throw fault("reads element " + address + " of parameter " + matrix.at()
                    + ", which was neither transferred nor written");
        }
        return ((float[]) buffer.data())[(int) address];
    }

    private void write(Matrix matrix, long address, float value) {
        DeviceBuffer buffer = within(matrix, address);
        ((float[]) buffer.data())[(int) address] = value;
        buffer.wrote((int) address);
    }

    private DeviceBuffer within(Matrix matrix, long address) {
        DeviceBuffer buffer = memory.buffer(matrix.array());
        if (address < 0 || address >= buffer.size()) {
            throw fault("is at element " + address + " of parameter " + matrix.at() + ", which has " + buffer.size()
                    + " elements");
        }
        return buffer;
    }

    private KernelFault fault(String what) {
        return new KernelFault("library task " + task + " " + what);
    }
}
