package heddle.compiler.scalar;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which factor of a product has zeros that add nothing, even where the other factor is infinite or NaN, unlike in IEEE
 * arithmetic. A probability of zero keeps a masked row of values out of the result.
 */
public enum Annihilating {
    NEITHER,
    LEFT,
    RIGHT;

    /** The same factor when both are exchanged. */
    public Annihilating exchanged() {
        return switch (this) {
            case NEITHER -> NEITHER;
            case LEFT -> RIGHT;
            case RIGHT -> LEFT;
        };
    }

    /** The product of two elements in double precision. */
    public double multiply(double left, double right) {
        boolean nothing = this == LEFT && left == 0 || this == RIGHT && right == 0;
        return nothing ? 0 : left * right;
    }

    /** The name in the text form. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one with this name in the text form. */
    public static Optional<Annihilating> named(String text) {
        return Stream.of(values()).filter(a -> a.text().equals(text)).findFirst();
    }
}
