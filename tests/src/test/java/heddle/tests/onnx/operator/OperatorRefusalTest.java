package heddle.tests.onnx.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.tests.onnx.file.Draws;
import heddle.tests.onnx.file.GraphWriter;
import org.junit.jupiter.api.Test;

/** What has no translation says so, and what of it is not known. */
class OperatorRefusalTest {
    private final Draws draws = new Draws(14);

    private static void assertRefused(String message, OneNode node) {
        DiagnosticException e = assertThrows(DiagnosticException.class, node::agrees);
        assertEquals(message, e.diagnostics().getFirst().message());
    }

    @Test
    void valuesThatOnlyARunKnows() {
        assertRefused(
                "Reshape: shape is only known when the model runs: node node",
                new OneNode("Reshape", 13).input(draws.floats(3, 4)).input(draws.longs(2, 3, 2)));
        assertRefused(
                "NonZero: how many elements are not zero is only known when the model runs: node node",
                new OneNode("NonZero", 13).input(draws.floats(3, 4)));
        assertRefused(
                "OneHot: its depth is only known when the model runs: node node",
                new OneNode("OneHot", 11)
                        .input(draws.longs(0, 3, 4))
                        .input(draws.longs(3, 4))
                        .constant(0f, 1f));
    }

    @Test
    void attributesThatAreNotKnown() {
        assertRefused(
                "Conv: it has 3 axes of positions; one and two are known: node node",
                new OneNode("Conv", 11).input(draws.floats(1, 2, 3, 3, 3)).constant(draws.floats(2, 2, 1, 1, 1)));
        assertRefused(
                "AveragePool: dilations of a mean: node node",
                new OneNode("AveragePool", 19)
                        .input(draws.floats(1, 2, 9))
                        .attr("kernel_shape", GraphWriter.ints(2))
                        .attr("dilations", GraphWriter.ints(2)));
        assertRefused(
                "BatchNormalization: it is in training mode; export the model for inference: node node",
                new OneNode("BatchNormalization", 15)
                        .input(draws.floats(2, 3))
                        .constant(draws.floats(3))
                        .constant(draws.floats(3))
                        .constant(draws.floats(3))
                        .constant(draws.floats(3))
                        .attr("training_mode", 1));
        assertRefused(
                "Cast: a conversion to UINT4: node node",
                new OneNode("Cast", 21).input(draws.floats(3)).attr("to", 21));
    }

    @Test
    void axesThatAreNotThere() {
        assertRefused(
                "Softmax: axis 3 of a tensor of 2 axes: node node",
                new OneNode("Softmax", 13).input(draws.floats(3, 4)).attr("axis", 3));
    }

    @Test
    void whatContradictsTheOperator() {
        String message = ": its operands or attributes are not those of the operator: node node";
        assertRefused(
                "Softmax" + message,
                new OneNode("Softmax", 13).input(draws.floats(3, 4)).attr("axis", "last"));
        assertRefused(
                "InstanceNormalization" + message,
                new OneNode("InstanceNormalization", 13)
                        .input(draws.floats(3))
                        .constant(draws.floats(3))
                        .constant(draws.floats(3)));
        assertRefused("Relu: operand 0 is not given: node node", new OneNode("Relu", 14).absent());
        assertRefused(
                "LRN: a neighbourhood of 2000000000 channels: node node",
                new OneNode("LRN", 13).input(draws.floats(1, 3, 2, 2)).attr("size", 2_000_000_000));
    }

    @Test
    void lengthsThatDoNotFit() {
        assertRefused(
                "Add: lengths 4 and 5, which must be the same: node node",
                new OneNode("Add", 13).input(draws.floats(3, 4)).input(draws.floats(3, 5)));
    }
}
