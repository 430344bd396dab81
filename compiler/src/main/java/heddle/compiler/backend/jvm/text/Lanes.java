package heddle.compiler.backend.jvm.text;

import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The vector type that a loop computes in.
 *
 * @param vector  their Java class
 * @param species the constant of the generated class
 * @param element the Java type of a lane
 * @param boxed   the type argument of masks
 * @param count   lanes in a vector
 */
public record Lanes(String vector, String species, String element, String boxed, int count) {
    /** The vectors that hold values of {@code type}; integers and bools have none. */
    public static Optional<Lanes> of(DType type, Processor target) {
        return switch (Precision.computed(type)) {
            case F32 -> Optional.of(floats(target));
            case F64 -> Optional.of(new Lanes("DoubleVector", "D", "double", "Double", target.lanes() / 2));
            default -> Optional.empty();
        };
    }

    public static Lanes floats(Processor target) {
        return new Lanes("FloatVector", "F", "float", "Float", target.lanes());
    }

    /** Whether values of {@code type} are held in these vectors. */
    public boolean hold(DType type) {
        return type.isFloat() && Locals.type(type).equals(element);
    }

    /** A vector with a scalar in every lane. */
    public String broadcast(String scalar) {
        return vector + ".broadcast(" + species + ", " + scalar + ")";
    }

    /** How far apart lanes are that are added to each other, step by step until one lane holds the sum of all. */
    public List<Integer> halves() {
        List<Integer> halves = new ArrayList<>();
        for (int half = count / 2; half > 0; half /= 2) {
            halves.add(half);
        }
        return halves;
    }

    public String mask() {
        return "VectorMask<" + boxed + ">";
    }
}
