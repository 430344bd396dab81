package uk.ac.manchester.tornado.cublas;

import java.util.Arrays;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Tasks that call cuBLAS; what they compute is in the double's {@code CuBlasCalls}. */
public final class CuBlas {
    public static final String LIBRARY_NAME = "nvidia/cublas";

    private CuBlas() {}

    public static LibraryTaskDescriptor cublasSgemm(
            int transa,
            int transb,
            int m,
            int n,
            int k,
            float alpha,
            FloatArray matrixA,
            int lda,
            FloatArray matrixB,
            int ldb,
            float beta,
            FloatArray matrixC,
            int ldc) {
        return call("cublasSgemm", 11, transa, transb, m, n, k, alpha, matrixA, lda, matrixB, ldb, beta, matrixC, ldc);
    }

    public static LibraryTaskDescriptor cublasSgemmStridedBatched(
            int transa,
            int transb,
            int m,
            int n,
            int k,
            float alpha,
            FloatArray matrixA,
            int lda,
            long strideA,
            FloatArray matrixB,
            int ldb,
            long strideB,
            float beta,
            FloatArray matrixC,
            int ldc,
            long strideC,
            int batchCount) {
        return call(
                "cublasSgemmStridedBatched",
                13,
                transa,
                transb,
                m,
                n,
                k,
                alpha,
                matrixA,
                lda,
                strideA,
                matrixB,
                ldb,
                strideB,
                beta,
                matrixC,
                ldc,
                strideC,
                batchCount);
    }

    /** @param result position of the matrix that is written and not read */
    private static LibraryTaskDescriptor call(String function, int result, Object... parameters) {
        Access[] access = new Access[parameters.length];
        Arrays.fill(access, Access.READ_ONLY);
        access[result] = Access.WRITE_ONLY;
        return new LibraryTaskDescriptor()
                .withLibrary(LIBRARY_NAME)
                .withFunction(function)
                .withParameters(parameters)
                .withAccess(access);
    }
}
