package heddle.compiler.type;

/** What values are computed in, whatever they are stored as. */
public final class Precision {
    private Precision() {}

    /** The type that values of {@code type} are computed in: {@code f32} at least for floats. */
    public static DType computed(DType type) {
        return isNarrow(type) ? DType.F32 : type;
    }

    /** Whether floats of {@code type} are computed in a wider type, and rounded where a tensor of that type is stored. */
    public static boolean isNarrow(DType type) {
        return type == DType.F16 || type == DType.BF16;
    }
}
