package heddle.compiler.backend.jvm.text;

import heddle.compiler.type.Stored;
import java.util.Set;

/** Writes conversions between what packed buffers hold and floats. Every value that is packed fits exactly. */
public final class PackedElement {
    private PackedElement() {}

    /** The Java type of the elements of an array; two {@code i4} share one. */
    public static String type(Stored stored) {
        return switch (stored) {
            case F16, BF16 -> "short";
            case I8, I4 -> "byte";
            default -> throw new IllegalArgumentException(stored + " is not packed");
        };
    }

    /** The float that an element is. */
    public static String loaded(Stored stored, String array, String at, Set<Support> support) {
        String element = array + "[" + at + "]";
        return switch (stored) {
            case F16 -> "Float.float16ToFloat(" + element + ")";
            case BF16 -> "Float.intBitsToFloat(" + element + " << 16)";
            case I8 -> "(float) " + element;
            default -> {
                support.add(Support.NIBBLE);
                yield "(float) " + Support.NIBBLE.methodName() + "(" + array + ", " + at + ")";
            }
        };
    }

    /** The statement that stores a float. */
    public static String store(Stored stored, String array, String at, String value, Set<Support> support) {
        String element = array + "[" + at + "] = ";
        return switch (stored) {
            case F16 -> element + "Float.floatToFloat16(" + value + ");";
            case BF16 -> element + "(short) (Float.floatToRawIntBits(" + value + ") >>> 16);";
            case I8 -> element + "(byte) (" + value + ");";
            default -> {
                support.add(Support.SET_NIBBLE);
                yield Support.SET_NIBBLE.methodName() + "(" + array + ", " + at + ", (int) (" + value + "));";
            }
        };
    }

    /** Whether {@link #neighbours} has an expression: elements of four bits need not begin with a byte. */
    public static boolean hasNeighbours(Stored stored, Lanes lanes) {
        return stored != Stored.I4 && stored.hasLanes(lanes.count());
    }

    /** Vectors of the elements themselves, one for each float of a vector of those. */
    public static Lanes lanes(Stored stored, Lanes floats) {
        boolean shorts = type(stored).equals("short");
        String vector = shorts ? "ShortVector" : "ByteVector";
        String species = vector + ".SPECIES_" + (shorts ? 16 : 8) * floats.count();
        return new Lanes(vector, species, type(stored), shorts ? "Short" : "Byte", floats.count());
    }

    /**
     * A vector of floats from neighbouring elements of an array: the bits of a bf16 are the upper ones of its float, a byte is
     * converted twice.
     */
    public static String neighbours(Lanes lanes, Stored stored, String array, String at) {
        return stored == Stored.BF16
                ? "((IntVector) ShortVector.fromArray(ShortVector.SPECIES_" + 16 * lanes.count() + ", " + array + ", "
                        + at + ").convertShape(VectorOperators.S2I, I, 0)).lanewise(VectorOperators.LSHL, 16)"
                        + ".reinterpretAsFloats()"
                : "((FloatVector) ByteVector.fromArray(ByteVector.SPECIES_" + 8 * lanes.count() + ", " + array + ", "
                        + at + ").convertShape(VectorOperators.B2F, F, 0))";
    }

    /** Whether {@link #ofPairs} has an expression. */
    public static boolean hasPairs(Stored stored) {
        return stored == Stored.BF16;
    }

    /**
     * A vector of floats from every second one of twice as many neighbours. The two elements in a word are the upper halves of their
     * floats, so that one instruction makes either, where {@link #neighbours} takes two.
     *
     * @param part zero for those at even places, one for the others
     */
    public static String ofPairs(Lanes lanes, String array, String at, int part) {
        return "ShortVector.fromArray(ShortVector.SPECIES_" + 32 * lanes.count() + ", " + array + ", " + at
                + ").reinterpretAsInts().lanewise(VectorOperators."
                + (part == 0 ? "LSHL, 16" : "AND, 0xffff0000") + ").reinterpretAsFloats()";
    }

    /**
     * The same for elements of any packed form. Of i4, each lane takes the word with its four bits, and shifts them to the top and
     * back.
     *
     * @param at the first element; of {@code i4}, an even one
     */
    public static String vector(Lanes lanes, Stored stored, String array, String at, ClassText members) {
        return stored != Stored.I4
                ? neighbours(lanes, stored, array, at)
                : "((FloatVector) " + words(lanes, array, at, members) + ".lanewise(VectorOperators.LSHL, "
                        + members.nibbles(lanes) + ").lanewise(VectorOperators.ASHR, 28)"
                        + ".convertShape(VectorOperators.I2F, F, 0))";
    }

    /** The word of 32 bits that each lane's four bits lie in. */
    private static String words(Lanes lanes, String array, String at, ClassText members) {
        String first = "IntVector.broadcast(I, " + word(array, "(" + at + ") / 2", members) + ")";
        return lanes.count() == 8
                ? first
                : first + ".blend(" + word(array, "(" + at + ") / 2 + 4", members) + ", " + members.upperHalf(lanes)
                        + ")";
    }

    private static String word(String array, String at, ClassText members) {
        return "(int) " + members.words() + ".get(" + array + ", " + at + ")";
    }
}
