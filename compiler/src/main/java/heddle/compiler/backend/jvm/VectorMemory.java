package heddle.compiler.backend.jvm;

import heddle.compiler.backend.jvm.text.PackedElement;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scheduled.Action;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import java.util.List;
import java.util.Optional;

/** Writes loads and stores of vectors. */
record VectorMemory(VectorCode code) {
    /** The elements at the lanes' indexes: neighbours, evenly spaced ones, or one by one. */
    String load(Element x) {
        Optional<Addresses.Position> position = code.loop().addresses().of(x, code.at(), code.isConditional());
        boolean isMask = x.type() == DType.BOOL;
        if (position.isEmpty() || isMask && code.guard().isPresent()) {
            return new LaneByLane(code).of(x);
        }
        String from =
                code.locals().array(x.buffer()).array() + ", " + position.get().text();
        if (x.buffer().stored().isPacked()) {
            return loadPacked(x, position.get());
        }
        if (position.get().step().is(1)) {
            return isMask
                    ? loadMask(from)
                    : loadVector(from + masked(code.isLocal(x.buffer()) ? code.tail() : code.guard()));
        }
        // The Vector API checks the places of all lanes of a gather, of those that are masked out too.
        if (isMask || code.guard().isPresent()) {
            return new LaneByLane(code).of(x);
        }
        return loadVector(from + ", " + code.loop().steps(position.get().step()) + ", 0");
    }

    private String loadPacked(Element x, Addresses.Position position) {
        boolean neighbours = position.step().is(1) && code.guard().isEmpty();
        Stored stored = x.buffer().stored();
        if (!neighbours
                || !PackedElement.hasNeighbours(stored, code.lanes())
                || !code.lanes().hold(DType.F32)) {
            return new LaneByLane(code).of(x);
        }
        String array = code.locals().array(x.buffer()).array();
        return PackedElement.neighbours(code.lanes(), stored, array, position.text());
    }

    private String loadVector(String from) {
        return code.lanes().vector() + ".fromArray(" + code.lanes().species() + ", " + from + ")";
    }

    private String loadMask(String from) {
        return "VectorMask.fromArray(" + code.lanes().species() + ", " + from + ")";
    }

    /** The vector that a store stores; elements of sixteen bits are rounded. */
    String stored(Action.Store s) {
        if (KernelScope.stored(s).equals(s.value())) {
            return code.of(s.value());
        }
        return code.of(new Apply(ScalarFn.CAST, s.to().type().dtype(), List.of(code.asVariable(s.value()))));
    }

    /** Where the element of the first lane lies. */
    String position(Element to) {
        return code.loop().addresses().of(to, code.at(), false).orElseThrow().text();
    }

    /** The statement that stores neighbouring elements. */
    String store(Buffer to, String position, String value) {
        String array = code.locals().array(to).array();
        return value + ".intoArray(" + array + ", " + position + masked(code.tail()) + ");";
    }

    private static String masked(Optional<String> mask) {
        return mask.map(m -> ", " + m).orElse("");
    }
}
