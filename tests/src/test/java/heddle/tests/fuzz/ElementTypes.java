package heddle.tests.fuzz;

import heddle.compiler.type.DType;

/**
 * The element types of an attention on its way.
 *
 * @param stored        of queries and keys
 * @param product       of their product
 * @param softmax       of scores and softmax
 * @param probabilities what probabilities are rounded to before they meet the values
 * @param values        of the values and of the product with them
 * @param fuses         whether attention of such types must be fused
 */
record ElementTypes(DType stored, DType product, DType softmax, DType probabilities, DType values, boolean fuses) {
    static ElementTypes of(Choices choices) {
        DType half = choices.of("half", DType.BF16, DType.F16);
        return switch (choices.below(40, "mixture")) {
            case 18, 19, 20 -> all(DType.F64);
            case 21, 22, 23, 24 -> all(half);
            case 25, 26, 27 -> new ElementTypes(half, half, DType.F32, half, half, true);
            case 28 -> new ElementTypes(half, DType.F32, DType.F32, DType.F32, DType.F32, true);
            case 29 -> new ElementTypes(half, DType.F32, DType.F32, half, half, false);
            case 30 -> new ElementTypes(DType.F32, DType.F32, DType.F64, DType.F32, DType.F32, true);
            case 31, 34 -> wide(choices, half);
            case 37, 38, 39 -> integers(choices);
            case 32 -> new ElementTypes(DType.F64, DType.F64, DType.F32, DType.F32, DType.F32, false);
            case 33 -> new ElementTypes(DType.F32, DType.F32, DType.F32, DType.F64, DType.F64, false);
            case 35 -> new ElementTypes(DType.F32, DType.F32, DType.F32, half, DType.F32, false);
            case 36 -> new ElementTypes(DType.F64, DType.F64, DType.F64, DType.F32, DType.F64, false);
            default -> all(DType.F32);
        };
    }

    private static ElementTypes wide(Choices choices, DType half) {
        DType product = choices.of("product", DType.F32, half);
        return new ElementTypes(product, product, DType.F64, DType.F64, DType.F64, false);
    }

    private static ElementTypes integers(Choices choices) {
        DType product = choices.of("integers", DType.I32, DType.I64);
        DType real = choices.of("reals", DType.F32, DType.F64);
        return new ElementTypes(product, product, real, real, real, false);
    }

    private static ElementTypes all(DType type) {
        return new ElementTypes(type, type, type, type, type, true);
    }

    boolean isUniform() {
        return stored == product && product == softmax && softmax == probabilities && probabilities == values;
    }

    /** Whether one tensor can hold queries, keys and values. */
    boolean packs() {
        return stored == values;
    }
}
