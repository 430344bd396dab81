package heddle.runtime.tornado;

import java.util.List;

/** A request that a worker did not fulfil. */
final class WorkerFailure extends Exception {
    private static final long serialVersionUID = 1;

    /** What became of the worker. */
    enum Kind {
        /** Its process ended, as a driver that crashes makes it. */
        DIED,
        /** It did not answer in time, and was ended. */
        HUNG,
        /** It is there, and says why not. */
        REFUSED
    }

    private final Kind kind;
    private final String type;
    private final String trace;
    private final transient List<String> lines;

    /**
     * @param type  simple name of what was thrown, when the worker refused
     * @param trace where it was thrown, when the worker refused
     * @param lines the last that the worker and its drivers printed
     */
    WorkerFailure(Kind kind, String type, String message, String trace, List<String> lines) {
        super(message);
        this.kind = kind;
        this.type = type;
        this.trace = trace;
        this.lines = List.copyOf(lines);
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

    /** Whether a library that tasks call is not there, or does not start. */
    boolean isLibraryMissing() {
        return kind == Kind.REFUSED
                && getMessage()
                        .matches(
                                "(?s).*(Unable to load libtornado-|No provider found for library|cublasCreate failed).*");
    }

    /**
     * Whether memory ran out, on the device or in the worker. Drivers have no common word for it, and some errors are
     * printed as the numbers that cl.h and cuda.h give them. (OpenCL's -5 is too few resources of any kind, and -61 a
     * buffer of a size that cannot be.)
     */
    boolean isOutOfMemory() {
        return kind == Kind.REFUSED
                && (type.matches("Tornado(OutOf)?Memory(Exception|Error)?|TornadoOutOfMemoryException|OutOfMemoryError")
                        || getMessage()
                                .matches("(?is).*(out of memory|unable to allocate|OUT_OF_RESOURCES"
                                        + "|OUT_OF_HOST_MEMORY|OUT_OF_MEMORY|OBJECT_ALLOCATION_FAILURE).*")
                        || getMessage()
                                .matches("\\[TornadoVM-(OCL-JNI] ERROR : (.*-> Returned: -[46]"
                                        + "|clCreateBuffer -> Returned: -(5|61))|PTX-JNI] ERROR : .*-> Returned: 2)"));
    }
}
