package heddle.cli;

/** The exit codes of commands. */
public final class ExitCode {
    public static final int DONE = 0;
    /** The model or its inputs are wrong. */
    public static final int WRONG_INPUT = 1;

    public static final int USAGE = 2;
    public static final int TARGET_UNAVAILABLE = 3;
    public static final int NOT_FUSED = 4;
    /** A model is worse than it was in what {@code diff --fail-on} limits: the same code, for scripts ask the same of it. */
    public static final int WORSE = NOT_FUSED;

    public static final int VERIFY_FAILED = 5;
    public static final int OUT_OF_MEMORY = 6;
    /** A device's driver crashed, did not answer within the time limit, or gave up on a kernel. */
    public static final int DEVICE_FAILED = 7;

    /** A mistake in Heddle itself. */
    public static final int BUG = 70;

    /** The reader of standard output has gone; the code of a program that SIGPIPE ended, which shells know. */
    public static final int OUTPUT_CLOSED = 128 + 13;

    private ExitCode() {}
}
