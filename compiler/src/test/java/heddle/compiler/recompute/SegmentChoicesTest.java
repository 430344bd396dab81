package heddle.compiler.recompute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import heddle.compiler.op.Reduce;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SegmentChoicesTest {
    private final Graph.Builder out = new Graph.Builder("sums");

    /** A sum to eight elements of so many rows, as a segment. */
    private Segment sum(String name, long rows) {
        TensorType type = new TensorType(DType.F32, new Shape(List.of(Dim.of(rows), Dim.of(8))));
        Value x = out.value(new Input(name, type), Origin.NONE);
        Value sum = out.value(new Reduce(Reduction.SUM, List.of(0), false), Origin.NONE, x);
        out.output("of " + name, sum);
        return new Segment(List.of(sum.node()), Set.of(sum));
    }

    /** The time to compute a node again depends on what it reads, not on its result alone. */
    @Test
    void segmentsThatReadOthersAreNotEqual() {
        Segment few = sum("few", 4);
        Segment many = sum("many", 4000);
        Segment again = sum("again", 4);
        JointGraph joint = JointGraph.of(out.build(), List.of("of few", "of many", "of again"));
        List<Object> signature = SegmentChoices.signature(joint, few);
        assertEquals(signature, SegmentChoices.signature(joint, again));
        assertNotEquals(signature, SegmentChoices.signature(joint, many));
    }
}
