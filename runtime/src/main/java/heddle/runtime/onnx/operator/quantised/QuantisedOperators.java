package heddle.runtime.onnx.operator.quantised;

import heddle.runtime.onnx.translate.OperatorTable;

/** Operators on numbers of few bits, of all domains. */
public final class QuantisedOperators {
    private QuantisedOperators() {}

    public static void addTo(OperatorTable table) {
        Quantisation.addTo(table);
        QuantisedProducts.addTo(table);
        BlockProducts.addTo(table);
    }
}
