package uk.ac.manchester.tornado.cublas.enums;

/** What a matrix is taken as. */
public enum CuBlasOperation {
    CUBLAS_OP_N(0),
    CUBLAS_OP_T(1);

    private final int code;

    CuBlasOperation(int code) {
        this.code = code;
    }

    public int operation() {
        return code;
    }
}
