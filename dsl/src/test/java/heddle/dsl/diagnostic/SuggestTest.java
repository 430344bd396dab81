package heddle.dsl.diagnostic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestTest {
    private static final List<String> KNOWN =
            List.of("softmax", "softplus", "transpose", "reshape", "B", "N", "x", "qk");

    @ParameterizedTest
    @CsvSource({
        "softmx,softmax",
        "sofmtax,softmax",
        "Softmax,softmax",
        "trnaspose,transpose",
        "n,N",
        "rehsape,reshape",
        "xx,x",
        "kq,qk"
    })
    void findsWhatWasMeant(String typed, String meant) {
        assertEquals(Optional.of(meant), Suggest.closest(typed, KNOWN));
    }

    @ParameterizedTest
    @CsvSource({"q", "k", "xy", "qx", "conv", "linear"})
    void staysSilentWhenNothingIsClose(String typed) {
        assertEquals(Optional.empty(), Suggest.closest(typed, KNOWN));
    }

    @ParameterizedTest
    @CsvSource({"'',abc,3", "abc,abc,0", "abc,acb,1", "kitten,sitting,3", "ab,ba,1"})
    void distanceCountsSwapsAsOne(String a, String b, int distance) {
        assertEquals(distance, Suggest.distance(a, b));
        assertEquals(distance, Suggest.distance(b, a));
    }

    @Test
    void nearestFirst() {
        assertEquals(List.of("layer", "layers"), Suggest.close("layer", List.of("layers", "layer", "batch")));
    }

    /** A name of a hundred thousand letters was not mistyped; to compare it with another would take more memory than there is. */
    @Test
    void staysSilentForNamesThatNobodyTypes() {
        assertEquals(Optional.empty(), Suggest.closest("x".repeat(100_000), List.of("x".repeat(100_001))));
        assertEquals(Optional.of("y".repeat(199)), Suggest.closest("y".repeat(198), List.of("y".repeat(199))));
    }
}
