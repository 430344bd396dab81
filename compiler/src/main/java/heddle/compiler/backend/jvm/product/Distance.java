package heddle.compiler.backend.jvm.product;

/**
 * Elements from one index to the next, as Java text: a number, or an expression that is computed at run time. A number that is known
 * goes into the code as it is: HotSpot then addresses all rows from one register.
 */
public record Distance(String text) {
    static final Distance ONE = of(1);

    public static Distance of(int elements) {
        return new Distance(String.valueOf(elements));
    }

    private static boolean isNumber(String text) {
        return text.chars().allMatch(Character::isDigit);
    }

    boolean isKnown() {
        return isNumber(text);
    }

    /** The number that is known. */
    int value() {
        return Integer.parseInt(text);
    }

    /** As a method knows it: a number, or its parameter. */
    Distance within(String parameter) {
        return isKnown() ? this : new Distance(parameter);
    }

    /** The argument after a comma; nothing for a number. */
    public String passed() {
        return isKnown() ? "" : ", " + text;
    }

    /** The parameter after a comma; nothing for a number. */
    String declared() {
        return isKnown() ? "" : ", int " + text;
    }

    /** {@code index * this}. */
    String times(String index) {
        if (isKnown() && isNumber(index)) {
            return String.valueOf(Integer.parseInt(index) * value());
        }
        return text.equals("1") ? index : index + " * " + text;
    }

    String times(int index) {
        return times(String.valueOf(index));
    }
}
