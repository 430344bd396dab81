package heddle.compiler.pass;

import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.ir.TypeMismatch;
import heddle.compiler.type.Dim;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BindLengthsTest {
    private static final String BEFORE = """
            %0 = input {name = "x"} : f32[B, N]
            %1 = weight {name = "w"} : f32[N]
            %2 = constant {values = [1.0]} : f32[N, B]
            %3 = length {dim = B*N} : f32[]
            %4 = iota {length = N div 2} : i64[N div 2]
            %5 = reshape(%0) : f32[B*N]
            %6 = expand(%1) : f32[B, N]
            %7 = slice(%0) {starts = [0, N - 4], lengths = [B, 4], steps = [1, 1]} : f32[B, 4]
            %8 = pad(%1) {low = [N], high = [0], value = 0.0} : f32[2*N]
            output y = %8
            """;

    @Test
    void symbolsBecomeNumbersEverywhere() {
        GraphTexts.assertBecomes(new BindLengths(Map.of("N", Dim.of(7))), BEFORE, """
                %0 = input {name = "x"} : f32[B, 7]
                %1 = weight {name = "w"} : f32[7]
                %2 = constant {values = [1.0]} : f32[7, B]
                %3 = length {dim = 7*B} : f32[]
                %4 = iota {length = 3} : i64[3]
                %5 = reshape(%0) : f32[7*B]
                %6 = expand(%1) : f32[B, 7]
                %7 = slice(%0) {starts = [0, 3], lengths = [B, 4], steps = [1, 1]} : f32[B, 4]
                %8 = pad(%1) {low = [7], high = [0], value = 0.0} : f32[14]
                output y = %8
                """);
    }

    @Test
    void otherSymbolsStay() {
        GraphTexts.assertDoesNotFire(new BindLengths(Map.of("M", Dim.of(7))), BEFORE);
        GraphTexts.assertDoesNotFire(new BindLengths(Map.of()), BEFORE);
    }

    @Test
    void lengthsThatTheGraphCannotHaveAreRefused() {
        BindLengths pass = new BindLengths(Map.of("N", Dim.of(3)));
        assertThrows(TypeMismatch.class, () -> pass.run(GraphTexts.graph(BEFORE)));
    }
}
