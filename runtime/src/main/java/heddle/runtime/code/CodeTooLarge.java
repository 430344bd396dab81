package heddle.runtime.code;

/** Thrown when a method of generated Java has more code than the 64 KiB that a class file can hold. */
public final class CodeTooLarge extends IllegalStateException {
    private static final long serialVersionUID = 1;

    CodeTooLarge() {
        super("a method of generated Java has more than 64 KiB of code");
    }
}
