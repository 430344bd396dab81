package heddle.compiler.type;

/** A length that arithmetic cannot hold: it passes 64 bits, or is a polynomial of too many parts. */
public final class LengthTooLargeException extends ArithmeticException {
    private static final long serialVersionUID = 1;

    LengthTooLargeException(String message) {
        super(message);
    }
}
