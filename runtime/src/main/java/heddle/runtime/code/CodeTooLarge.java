package heddle.runtime.code;

/** Thrown when a method of generated Java has more code than a class file allows, 64 KiB. */
public final class CodeTooLarge extends IllegalStateException {
    private static final long serialVersionUID = 1;

    CodeTooLarge() {
        super("a method of generated Java has more than 64 KiB of code");
    }
}
