package heddle.runtime.tornado;

import java.util.List;

/** Thrown when a worker did not fulfil a request. */
final class WorkerFailure extends Exception {
    private static final long serialVersionUID = 1;

    /** What became of the worker. */
    enum Kind {
        /** Its process ended, as a driver that crashes makes it. */
        DIED,
        /** Its process was ended from outside. */
        KILLED,
        /** It did not answer in time, and was ended. */
        HUNG,
        /** It is there, and says why not. */
        REFUSED
    }

    private final Kind kind;
    private final String type;
    private final String trace;
    private final transient List<String> lines;
    private final int graph;

    /**
     * @param type  simple name of what was thrown, when the worker refused
     * @param trace where it was thrown, when the worker refused
     * @param lines the last that the worker and its drivers printed
     */
    WorkerFailure(Kind kind, String type, String message, String trace, List<String> lines) {
        this(kind, type, message, trace, lines, -1);
    }

    private WorkerFailure(Kind kind, String type, String message, String trace, List<String> lines, int graph) {
        super(message);
        this.kind = kind;
        this.type = type;
        this.trace = trace;
        this.lines = List.copyOf(lines);
        this.graph = graph;
    }

    /** An error that a driver has only printed. @param graph that ran then, -1 when none did */
    static WorkerFailure printed(String line, List<String> lines, int graph) {
        return new WorkerFailure(Kind.REFUSED, "DriverError", line, "", lines, graph);
    }

    Kind kind() {
        return kind;
    }

    String type() {
        return type;
    }

    String trace() {
        return trace;
    }

    List<String> lines() {
        return lines;
    }

    /** The task graph that is known to have failed, -1 when none is. */
    int graph() {
        return graph;
    }

    /** Whether a library that tasks call is not there, or does not start. */
    boolean isLibraryMissing() {
        return kind == Kind.REFUSED
                && getMessage()
                        .matches(
                                "(?s).*(Unable to load libtornado-|No provider found for library|cublasCreate failed).*");
    }

    /**
     * Whether memory ran out, on the device or in the worker. Drivers have no common word for it, and some errors are
     * printed as the numbers that cl.h and cuda.h give them. OpenCL's -5 is too few resources of any kind, which is
     * memory where some is made or written to; -61 is a buffer of a size that cannot be.
     */
    boolean isOutOfMemory() {
        return kind == Kind.REFUSED
                && (type.matches("Tornado(OutOf)?Memory(Exception|Error)?|TornadoOutOfMemoryException|OutOfMemoryError")
                        || getMessage()
                                .matches("(?is).*(out of memory|unable to allocate"
                                        + "|OUT_OF_HOST_MEMORY|OUT_OF_MEMORY|OBJECT_ALLOCATION_FAILURE).*")
                        || getMessage()
                                .matches("\\[TornadoVM-(OCL-JNI] ERROR : (.*-> Returned: -[46]"
                                        + "|(clCreateBuffer|clEnqueue(Write|Copy|Fill|Map)Buffer) -> Returned: -(5|61))"
                                        + "|PTX-JNI] ERROR : .*-> Returned: 2)"));
    }

    /**
     * Whether a device gave up on a kernel: for lack of registers or local memory, or because it used memory that is not
     * its own, which drivers may say when results are read. The numbers are OpenCL's CL_OUT_OF_RESOURCES and CUDA's
     * CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES.
     */
    boolean isOutOfResources() {
        return kind == Kind.REFUSED
                && !isOutOfMemory()
                && getMessage()
                        .matches("(?s).*(OUT_OF_RESOURCES|OCL-JNI] ERROR : \\w+ -> Returned: -5\\b"
                                + "|ERROR : cuLaunchKernel -> Returned: 701\\b).*");
    }
}
