package heddle.compiler.backend.jvm;

import heddle.compiler.backend.jvm.text.PackedElement;
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
                    : loadVector(x, from + masked(code.isLocal(x.buffer()) ? code.tail() : code.guard()));
        }
        // The Vector API checks the places of all lanes of a gather, of those that are masked out too.
        if (isMask || code.guard().isPresent()) {
            return new LaneByLane(code).of(x);
        }
        return loadVector(x, from + ", " + code.loop().steps(position.get().step()) + ", 0");
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
        return code.declare(
                x.buffer().name() + "V", PackedElement.neighbours(code.lanes(), stored, array, position.text()));
    }

    private String loadVector(Element x, String from) {
        return code.declare(
                x.buffer().name() + "V",
                code.lanes().vector() + ".fromArray(" + code.lanes().species() + ", " + from + ")");
    }

    private String loadMask(String from) {
        return code.declareMask("VectorMask.fromArray(" + code.lanes().species() + ", " + from + ")");
    }

    /** Stores neighbouring elements and gives the vector that now stands there; sixteen-bit ones are rounded. */
    String store(Action.Store s) {
        DType type = s.to().type().dtype();
        String value = code.of(s.value());
        if (!KernelScope.stored(s).equals(s.value())) {
            value = code.of(new Apply(ScalarFn.CAST, type, List.of(code.asVariable(s.value()))));
        }
        String position = code.loop()
                .addresses()
                .of(new Element(s.to(), s.address()), code.at(), false)
                .orElseThrow()
                .text();
        String array = code.locals().array(s.to()).array();
        code.out().line(value + ".intoArray(" + array + ", " + position + masked(code.tail()) + ");");
        return value;
    }

    private static String masked(Optional<String> mask) {
        return mask.map(m -> ", " + m).orElse("");
    }
}
