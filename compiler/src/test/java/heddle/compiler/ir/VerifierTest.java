package heddle.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.op.Input;
import heddle.compiler.op.ModelInvariants;
import heddle.compiler.op.Weight;
import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class VerifierTest {
    private static final TensorType VECTOR = new TensorType(DType.F32, Shape.of(3));
    private static final TensorType MATRIX = new TensorType(DType.F32, Shape.of(3, 3));

    /** An operation that says something else each time it is asked. */
    private record Fickle(Supplier<List<TensorType>> types, Map<String, Object> attributes) implements Op {
        @Override
        public String name() {
            return "fickle";
        }

        @Override
        public List<TensorType> infer(List<TensorType> operands) {
            return types.get();
        }

        @Override
        public List<NdArray> evaluate(List<NdArray> operands, Map<String, Long> lengths) {
            return operands;
        }
    }

    private static List<String> violations(Graph.Builder builder) {
        return ModelInvariants.VERIFIER.violations(builder.build());
    }

    @Test
    void typesMustBeThoseThatInferGives() {
        Graph.Builder out = new Graph.Builder("g");
        boolean[] asked = new boolean[1];
        out.add(
                new Fickle(
                        () -> {
                            TensorType type = asked[0] ? MATRIX : VECTOR;
                            asked[0] = true;
                            return List.of(type);
                        },
                        Map.of()),
                List.of(),
                Origin.NONE);
        assertEquals(
                List.of("types are those that infer gives: %0 = fickle has [f32[3]], infer gives [f32[3, 3]]"),
                violations(out));
    }

    @Test
    void operandsMustFit() {
        Graph.Builder out = new Graph.Builder("g");
        boolean[] asked = new boolean[1];
        out.add(
                new Fickle(
                        () -> {
                            if (asked[0]) {
                                throw new TypeMismatch("not any more");
                            }
                            asked[0] = true;
                            return List.of(VECTOR);
                        },
                        Map.of()),
                List.of(),
                Origin.NONE);
        assertEquals(
                List.of("types are those that infer gives: %0 = fickle has operands that do not fit: not any more"),
                violations(out));
    }

    @Test
    void attributesMustHaveATextForm() {
        Graph.Builder out = new Graph.Builder("g");
        out.add(new Fickle(() -> List.of(VECTOR), Map.of("n", List.of(1L, 1))), List.of(), Origin.NONE);
        out.add(new Fickle(() -> List.of(VECTOR), Map.of("n", List.of(1L, 2.5, "x"))), List.of(), Origin.NONE);
        assertEquals(1, violations(out).size());
    }

    @Test
    void valuesMustExist() {
        Graph.Builder out = new Graph.Builder("g");
        Node x = out.add(new Input("x", VECTOR), List.of(), Origin.NONE);
        out.output("y", new Value(x, 1));
        assertEquals(List.of("values exist: %0.1 is read but is no result of %0 = input"), violations(out));
    }

    @Test
    void anInputStandsOnceAndAWeightHasOneType() {
        Graph.Builder out = new Graph.Builder("g");
        out.add(new Input("x", VECTOR), List.of(), Origin.NONE);
        out.add(new Input("x", VECTOR), List.of(), Origin.NONE);
        out.add(new Weight("w", VECTOR), List.of(), Origin.NONE);
        out.add(new Weight("w", VECTOR), List.of(), Origin.NONE);
        out.add(new Weight("w", MATRIX), List.of(), Origin.NONE);
        assertEquals(
                List.of(
                        "an input stands once: input x stands twice",
                        "a weight has one type: weight w is f32[3] and f32[3, 3]"),
                violations(out));
        InvalidGraph e =
                assertThrows(InvalidGraph.class, () -> ModelInvariants.VERIFIER.verify(out.build(), "a careless pass"));
        assertEquals(true, e.getMessage().startsWith("after a careless pass the graph g is not valid"));
    }

    @Test
    void aSoundGraphHasNoViolations() {
        Graph.Builder out = new Graph.Builder("g");
        out.output("y", out.value(new Input("x", VECTOR), Origin.NONE));
        assertEquals(List.of(), violations(out));
    }
}
