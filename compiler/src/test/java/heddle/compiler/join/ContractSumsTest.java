package heddle.compiler.join;

import heddle.compiler.rule.RuleAssert;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContractSumsTest {
    private static final String INPUTS = """
            input q: f32[2, 9, 8]
            input k: f32[2, 10, 8]
            input v: f32[2, 10, 7]
            input h: f32[2, 8]
            input few: f32[2, 3, 8]
            input whole: i32[2, 9, 8]
            """;

    private static RuleAssert rules(String model) {
        return RuleAssert.of(ContractSums.RULES, INPUTS + model);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sum(q[:, :, new] * k[:, new], axis = -1)",
                "sum(q[:, :, new] * k[:, new], axis = -1, keepdims = true)",
                "sum(k[:, new] * q[:, :, new] * 0.5, axis = 3)",
                "sum(q[:, :, new] * k[:, new] / 4.0, axis = -1)",
                "sum(expand(q[:, :, new], [2, 9, 10, 8]) * k[:, new], axis = -1)",
                "sum(q[:, :, new] * k[:, new], axis = [0, 3])",
                "sum(q[0:1, :, new] * k[:1, new], axis = 3)",
                "sum((q * h[:, new])[:, :, new] * k[:, new], axis = 3)",
                "mean(q[:, :, new] * k[:, new], axis = -1)"
            })
    void productsOfMatrices(String sum) {
        rules("output o = " + sum).means(Map.of()).by("contract-sums");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sum(q * q, axis = -1)",
                "sum(q * 2.0, axis = -1)",
                "sum(q * h[:, new], axis = -1)",
                "sum((q[:, :, new] - k[:, new]) ** 2.0, axis = -1)",
                "sum(q[:, :, new] * k[:, new], axis = 1)",
                "max(q[:, :, new] * k[:, new], axis = -1)",
                "sum(few[:, :, new] * k[:, new], axis = -1)",
                "sum(whole[:, :, new] * whole[:, new], axis = -1)",
                "sum(tanh(q[:, :, new] + k[:, new]) * h[:, new, new], axis = -1)"
            })
    void otherSums(String sum) {
        rules("output o = " + sum).doesNotFire();
    }

    /** A product that something else reads is stored anyway. */
    @Test
    void productsThatAreRead() {
        rules("let p = q[:, :, new] * k[:, new]\noutput o = sum(p, axis = -1)\noutput r = p")
                .doesNotFire();
    }

    /** Products with a vector are matmuls where they are scores or values. */
    @Test
    void productsOfAttention() {
        rules("""
                let a = softmax(sum(h[:, new] * k, axis = -1), axis = 1)
                output o = sum(a[:, :, new] * k, axis = 1)
                """).means(Map.of()).by("contract-sums", "contract-sums");
    }

    /** Without values they are none. */
    @Test
    void productsThatEndInASoftmax() {
        rules("output o = softmax(sum(h[:, new] * k, axis = -1), axis = 1)").doesNotFire();
    }
}
