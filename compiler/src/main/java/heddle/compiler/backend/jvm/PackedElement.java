package heddle.compiler.backend.jvm;

import heddle.compiler.type.Stored;

/** Writes conversions between the shorts that packed buffers hold and floats. Every value that is packed fits exactly. */
final class PackedElement {
    private PackedElement() {}

    /** The float that an element of {@code short} is. */
    static String loaded(Stored stored, String element) {
        return stored == Stored.F16
                ? "Float.float16ToFloat(" + element + ")"
                : "Float.intBitsToFloat(" + element + " << 16)";
    }

    /** The {@code short} that holds a float. */
    static String stored(Stored stored, String value) {
        return stored == Stored.F16
                ? "Float.floatToFloat16(" + value + ")"
                : "(short) (Float.floatToRawIntBits(" + value + ") >>> 16)";
    }

    /** A vector of floats from neighbouring elements of an array: the bits of a bf16 are the upper ones of its float. */
    static String vector(Lanes lanes, String array, String at) {
        return "((IntVector) ShortVector.fromArray(ShortVector.SPECIES_" + 16 * lanes.count() + ", " + array + ", " + at
                + ").convertShape(VectorOperators.S2I, I, 0)).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats()";
    }
}
