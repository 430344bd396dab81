package heddle.tests.tornado.device;

/** What a GPU would not forgive: the message names kernel, line, group and thread, and what was done to which element. */
public final class KernelFault extends RuntimeException {
    public KernelFault(String message) {
        super(message);
    }

    KernelFault(String message, Throwable cause) {
        super(message, cause);
    }
}
