package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Functions whose results have lengths of their own, of tensors whose lengths are only known when the model runs. */
class SymbolicLengthsTest {
    private static final String[] MODEL = {
        "dim B, N, M",
        "input wave: f32[B, 4, N]",
        "input image: f32[B, 3, N, M]",
        "input even: f32[B, 4, 2 * N]",
        "input ids: i64[B, N]",
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conv(wave, zeros([6, 4, 3]), pads = 1) | f32[B, 6, N]",
                "conv(wave, zeros([6, 4, 3])) | f32[B, 6, N - 2]",
                "conv(wave, zeros([6, 4, 3]), strides = 2, pads = 1) | f32[B, 6, (N + 1) div 2]",
                "conv(even, zeros([6, 4, 3]), strides = 2, pads = 1) | f32[B, 6, N]",
                "conv(even, zeros([6, 4, 2]), strides = 2) | f32[B, 6, N]",
                "conv(image, zeros([8, 3, 16, 16]), strides = 16) | f32[B, 8, N div 16, M div 16]",
                "conv(wave, zeros([8, 1, 3]), pads = [2, 0], groups = 4) | f32[B, 8, N]",
                "conv(wave, zeros([6, 4, 3]), pads = 2, dilations = 2) | f32[B, 6, N]",
                "max_pool(even, 2) | f32[B, 4, N]",
                "average_pool(image, [3, 2], strides = 1, pads = [1, [0, 1]]) | f32[B, 3, N, M]",
                "resize(image, [2 * N, M div 2]) | f32[B, 3, 2*N, M div 2]",
                "topk(wave, N, axis = -1)[1] | i64[B, 4, N]",
                "cumsum(ids) | i64[B, N]",
                "range(M, N + M) | i64[N]",
                "range(0, N, 2) | i64[(N + 1) div 2]",
                "range(N, 0, -1) | i64[N]",
                "one_hot(ids, M, axis = 0) | f32[M, B, N]",
                "einsum(\"...ij,...kj->...ik\", image, wave[:, new, :, 0:1] * zeros([M])) | f32[B, 3, N, 4]",
                "argmax(image, axis = 1) | i64[B, N, M]",
            })
    void areKept(String expression, String type) {
        String[] model = Arrays.copyOf(MODEL, MODEL.length + 1);
        model[MODEL.length] = "output y = " + expression;
        assertEquals(type, Elaborated.typeOfY(model));
    }

    @Test
    void scattersRefuseWhatHasNoPlace() {
        assertEquals(
                List.of("H0316"),
                Elaborated.codes(
                        "dim N",
                        "input x: f32[0, N]",
                        "output y = scatter_nd(x, zeros([3, 1], i64), zeros([3, N]), reduce = \"add\")"));
    }
}
