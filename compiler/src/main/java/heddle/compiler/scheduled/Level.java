package heddle.compiler.scheduled;

import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.Locale;
import java.util.Optional;

/** What runs the indexes of a loop. */
public sealed interface Level {
    /** One index after another. */
    Level EACH = new Each();

    /** Some vectors of these lanes side by side; one index after another where there are none. */
    static Level of(Optional<DType> lanes, int registers) {
        return lanes.<Level>map(t -> new Lanes(t, registers)).orElse(EACH);
    }

    /** One index after another. */
    record Each() implements Level {
        @Override
        public String toString() {
            return "each";
        }
    }

    /**
     * Vectors of neighbouring indexes. What is left at the end is computed under a mask.
     *
     * @param element   the type of a lane, {@code f32} or {@code f64}: as many lanes as fit a vector
     * @param registers vectors that one step takes side by side, at least one
     */
    record Lanes(DType element, int registers) implements Level {
        public Lanes {
            if (element != DType.F32 && element != DType.F64 || registers < 1) {
                throw new IllegalArgumentException(registers + " vectors of " + element);
            }
        }

        /** The type of lanes that values of {@code type} are computed in; integers and bools have none. */
        public static Optional<DType> element(DType type) {
            return Optional.of(Precision.computed(type)).filter(t -> t == DType.F32 || t == DType.F64);
        }

        /** How many values of {@code type} a vector of so many floats holds. */
        static int count(DType type, int floats) {
            return type == DType.F64 ? floats / 2 : floats;
        }

        /** Whether values of {@code type} are held in these lanes. */
        public boolean hold(DType type) {
            return type.isFloat() && Precision.computed(type) == element;
        }

        @Override
        public String toString() {
            return (registers == 1 ? "" : "register " + registers + " · ") + "lane " + element;
        }
    }

    /**
     * One index after another, in a loop whose body has several: a reduction has a partial result for each of those, so that it need
     * not wait for the one before.
     *
     * @param n how many, two or more
     */
    record Several(int n) implements Level {
        @Override
        public String toString() {
            return "each, " + n + " at once";
        }
    }

    /** What runs indexes on a device. */
    enum OfDevice implements Level {
        /** All threads of all groups, each of which has one index; there may be more threads than indexes. */
        GRID,
        /** The groups, each of which has one index. */
        GROUP,
        /** The threads of a group, each of which has one index. */
        THREAD,
        /** One thread, side by side. What the body declares has a variable for each index, also after the loop. */
        REGISTER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
