package heddle.compiler.type;

/** A length that arithmetic cannot hold: it passes 64 bits, or is a polynomial of too many parts. */
public final class LengthTooLargeException extends ArithmeticException {
    private static final long serialVersionUID = 1;

    LengthTooLargeException(String message) {
        super(message);
    }

    static LengthTooLargeException tooManyParts(int most) {
        return new LengthTooLargeException("a length of more than " + most + " terms and factors");
    }

    static LengthTooLargeException overflow(Dim a, String operator, Dim b) {
        return new LengthTooLargeException(a + " " + operator + " " + b + " does not fit into 64 bits");
    }
}
