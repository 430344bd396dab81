package heddle.compiler.pass;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoveIdentitiesTest {
    private static final RemoveIdentities PASS = new RemoveIdentities();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cast(%0) : f32[B, N]",
                "reshape(%0) : f32[B, N]",
                "expand(%0) : f32[B, N]",
                "permute(%0) {order = [0, 1]} : f32[B, N]",
                "slice(%0) {starts = [0, 0], lengths = [B, N], steps = [1, 1]} : f32[B, N]",
                "pad(%0) {low = [0, 0], high = [0, 0], value = 1.0} : f32[B, N]",
                "concat(%0) {axis = 1} : f32[B, N]",
                "reduce_sum(%0) {axes = [], keep_dims = false} : f32[B, N]"
            })
    void identitiesGoAway(String operation) {
        GraphTexts.assertBecomes(PASS, """
                %%0 = input {name = "x"} : f32[B, N]
                %%1 = %s
                %%2 = neg(%%1) : f32[B, N]
                output y = %%2
                """.formatted(operation), """
                %0 = input {name = "x"} : f32[B, N]
                %1 = neg(%0) : f32[B, N]
                output y = %1
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cast(%0) : f16[N, N]",
                "reshape(%0) : f32[N*N]",
                "permute(%0) {order = [1, 0]} : f32[N, N]",
                "slice(%0) {starts = [0, N - 1], lengths = [N, N], steps = [1, -1]} : f32[N, N]",
                "pad(%0) {low = [0, 1], high = [0, 0], value = 1.0} : f32[N, N + 1]",
                "concat(%0, %0) {axis = 1} : f32[N, 2*N]",
                "add(%0, %0) : f32[N, N]"
            })
    void doesNotFire(String operation) {
        GraphTexts.assertDoesNotFire(PASS, """
                %%0 = input {name = "x"} : f32[N, N]
                %%1 = %s
                output y = %%1
                """.formatted(operation));
    }

    @Test
    void chainsGoAwayAtOnce() {
        GraphTexts.assertBecomes(PASS, """
                %0 = input {name = "x"} : f32[N]
                %1 = cast(%0) : f32[N]
                %2 = reshape(%1) : f32[N]
                output y = %2
                """, """
                %0 = input {name = "x"} : f32[N]
                output y = %0
                """);
    }
}
