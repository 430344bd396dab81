package heddle.compiler.pass;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FoldConstantsTest {
    private static final FoldConstants PASS = new FoldConstants();

    @Test
    void aKnownLengthAndItsRootBecomeANumber() {
        GraphTexts.assertBecomes(PASS, """
                %0 = length {dim = 32} : f32[]
                %1 = sqrt(%0) : f32[]
                output y = %1
                """, """
                %0 = constant {values = [32.0]} : f32[]
                %1 = constant {values = [5.656854]} : f32[]
                output y = %1
                """);
    }

    @Test
    void oneValueFoldsAtASymbolicShape() {
        GraphTexts.assertBecomes(PASS, """
                %0 = constant {values = [2]} : i64[N]
                %1 = cast(%0) : f32[N]
                %2 = expand(%1) : f32[B, N]
                %3 = neg(%2) : f32[B, N]
                output y = %3
                """, """
                %0 = constant {values = [2]} : i64[N]
                %1 = constant {values = [2.0]} : f32[N]
                %2 = constant {values = [2.0]} : f32[B, N]
                %3 = constant {values = [-2.0]} : f32[B, N]
                output y = %3
                """);
    }

    @Test
    void smallConstantsAreComputedElementByElement() {
        GraphTexts.assertBecomes(PASS, """
                %0 = constant {values = [1.0, 2.0, 3.0, 4.0]} : f32[2, 2]
                %1 = permute(%0) {order = [1, 0]} : f32[2, 2]
                %2 = contract(%0, %1) {equation = "ab,bc->ac"} : f32[2, 2]
                %3 = reduce_sum(%2) {axes = [1], keep_dims = false} : f32[2]
                output y = %3
                """, """
                %0 = constant {values = [1.0, 2.0, 3.0, 4.0]} : f32[2, 2]
                %1 = constant {values = [1.0, 3.0, 2.0, 4.0]} : f32[2, 2]
                %2 = constant {values = [5.0, 11.0, 11.0, 25.0]} : f32[2, 2]
                %3 = constant {values = [16.0, 36.0]} : f32[2]
                output y = %3
                """);
    }

    @Test
    void whatHasNoElementsIsAConstant() {
        GraphTexts.assertBecomes(PASS, """
                %0 = input {name = "x"} : f32[0, 4]
                %1 = weight {name = "w"} : f32[4, 3]
                %2 = contract(%0, %1) {equation = "ab,bc->ac"} : f32[0, 3]
                %3 = contract(%0, %0) {equation = "ab,ac->bc"} : f32[4, 4]
                %4 = reduce_max(%0) {axes = [0], keep_dims = false} : f32[4]
                output p = %2
                output q = %3
                output r = %4
                """, """
                %0 = input {name = "x"} : f32[0, 4]
                %1 = weight {name = "w"} : f32[4, 3]
                %2 = constant {values = [0.0]} : f32[0, 3]
                %3 = constant {values = [0.0]} : f32[4, 4]
                %4 = constant {values = [-inf]} : f32[4]
                output p = %2
                output q = %3
                output r = %4
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "f32 | mul(%0, %1) | 1.0",
                "f32 | mul(%1, %0) | 1.0",
                "f32 | div(%0, %1) | 1.0",
                "f32 | sub(%0, %1) | 0.0",
                "f32 | add(%0, %1) | -0.0",
                "f32 | pow(%0, %1) | 1.0",
                "i64 | add(%1, %0) | 0",
                "i64 | floor_div(%0, %1) | 1",
                "bool | and(%0, %1) | 1",
                "bool | or(%0, %1) | 0"
            })
    void identitiesGiveBackTheirOperand(String type, String operation, String value) {
        GraphTexts.assertBecomes(PASS, binary(type, operation, value), """
                %%0 = input {name = "x"} : %1$s[N]
                %%1 = constant {values = [%2$s]} : %1$s[]
                output y = %%0
                """.formatted(type, value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "f32 | add(%0, %1) | 0.0",
                "f32 | mul(%0, %1) | 0.0",
                "f32 | sub(%1, %0) | 0.0",
                "f32 | sub(%0, %1) | -0.0",
                "f32 | div(%1, %0) | 1.0",
                "f32 | floor_div(%0, %1) | 1.0",
                "bool | and(%0, %1) | 0"
            })
    void whatIsNotExactStays(String type, String operation, String value) {
        GraphTexts.assertDoesNotFire(PASS, binary(type, operation, value));
    }

    private static String binary(String type, String operation, String value) {
        return """
                %%0 = input {name = "x"} : %1$s[N]
                %%1 = constant {values = [%2$s]} : %1$s[]
                %%2 = %3$s : %1$s[N]
                output y = %%2
                """.formatted(type, value, operation);
    }

    @Test
    void doubleNegationsAndConstantChoicesGoAway() {
        GraphTexts.assertBecomes(PASS, """
                %0 = input {name = "x"} : f32[N]
                %1 = input {name = "m"} : bool[N]
                %2 = neg(%0) : f32[N]
                %3 = neg(%2) : f32[N]
                %4 = not(%1) : bool[N]
                %5 = not(%4) : bool[N]
                %6 = constant {values = [0]} : bool[]
                %7 = select(%6, %2, %3) : f32[N]
                output a = %5
                output b = %7
                """, """
                %0 = input {name = "x"} : f32[N]
                %1 = input {name = "m"} : bool[N]
                %2 = neg(%0) : f32[N]
                %3 = not(%1) : bool[N]
                %4 = constant {values = [0]} : bool[]
                output a = %1
                output b = %0
                """);
    }

    @Test
    void anIdentityThatBroadcastsStays() {
        GraphTexts.assertDoesNotFire(PASS, """
                %0 = input {name = "x"} : f32[]
                %1 = constant {values = [1.0]} : f32[N]
                %2 = mul(%0, %1) : f32[N]
                output y = %2
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"""
                %0 = iota {length = 4} : i64[4]
                %1 = neg(%0) : i64[4]
                output y = %1
                """, """
                %0 = length {dim = N} : f32[]
                %1 = sqrt(%0) : f32[]
                output y = %1
                """, """
                %0 = constant {values = [1.0, 2.0]} : f32[2]
                %1 = expand(%0) : f32[4000, 2]
                output y = %1
                """, """
                %0 = constant {values = [1.0, 2.0]} : f32[2]
                %1 = softmax(%0) {axis = 0} : f32[2]
                output y = %1
                """})
    void doesNotFire(String before) {
        GraphTexts.assertDoesNotFire(PASS, before);
    }
}
