package heddle.runtime.onnx.operator;

import heddle.runtime.onnx.translate.OperatorTable;

/** The operators of ONNX's own domain. */
public final class CoreOperators {
    private CoreOperators() {}

    public static void addTo(OperatorTable table) {
        Arithmetic.addTo(table);
        Activations.addTo(table);
        Comparisons.addTo(table);
        Conversions.addTo(table);
        Reductions.addTo(table);
        MatrixProducts.addTo(table);
        Convolutions.addTo(table);
        Transposed.addTo(table);
        Normalisations.addTo(table);
        Distributions.addTo(table);
        Reshapes.addTo(table);
        Slices.addTo(table);
        Copies.addTo(table);
        Margins.addTo(table);
        Indexed.addTo(table);
        Orders.addTo(table);
        Made.addTo(table);
        Resizes.addTo(table);
        ControlFlow.addTo(table);
        Sequences.addTo(table);
    }
}
