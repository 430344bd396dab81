package heddle.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.ir.text.GraphTextTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LengthConditionTest {
    private static final Graph GRAPH = GraphTextTest.read("""
            graph g {
              %0 = weight {name = "places"} : f32[512, 4]
              %1 = slice(%0) {starts = [0, 0], lengths = [N, 4], steps = [1, 1]} : f32[N, 4]  // first a.heddle:1:1
              %2 = slice(%0) {starts = [0, 0], lengths = [N, 4], steps = [1, 1]} : f32[N, 4]  // second a.heddle:2:1
              %3 = slice(%1) {starts = [N - 1, 3], lengths = [N - 3, 4], steps = [-1, -1]} : f32[N - 3, 4]
              %4 = iota {length = N - 3} : i64[N - 3]
              %5 = pad(%4) {low = [0], high = [N - 4], value = 0.0} : i64[2*N - 7]
              output y = %5
            }
            """);

    private static List<String> unmet(long n) {
        return LengthCondition.unmet(GRAPH, Map.of("N", n)).stream()
                .map(c -> c.getKey().message())
                .distinct()
                .toList();
    }

    @Test
    void lengthsThatFitMeetEveryCondition() {
        assertEquals(List.of(), unmet(4));
        assertEquals(List.of(), unmet(512));
    }

    @Test
    void aLengthThatReachesPastTheEndIsTold() {
        assertEquals(List.of("slice of f32[512, 4]: elements 0 to N - 1 of axis 0, which has length 512"), unmet(513));
    }

    @Test
    void negativeLengthsAndMarginsAreTold() {
        assertEquals(List.of("pad of i64[N - 3] has the negative margin N - 4"), unmet(3));
        assertEquals(
                List.of(
                        "slice of f32[N, 4]: elements N - 1 to 3 of axis 0, which has length N",
                        "iota has the negative length N - 3",
                        "pad of i64[N - 3] has the negative margin N - 4"),
                unmet(2));
    }

    @Test
    void eachConditionStandsOnceWithItsFirstOrigin() {
        assertEquals(
                List.of("first"),
                LengthCondition.of(GRAPH).entrySet().stream()
                        .filter(c -> c.getKey().message().contains("512"))
                        .map(c -> c.getValue().scope())
                        .toList());
    }
}
