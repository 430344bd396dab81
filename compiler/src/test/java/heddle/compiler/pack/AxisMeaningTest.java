package heddle.compiler.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.pack.AxisMeaning.Kind;
import heddle.compiler.pack.AxisMeaning.Part;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AxisMeaningTest {
    private static final Dim B = Dim.symbol("B");
    private static final Dim N = Dim.symbol("N");
    private static final Part ROWS = new Part(Kind.ROWS, B);
    private static final Part TOKENS = new Part(Kind.TOKENS, N);
    private static final List<AxisMeaning> ROWS_TOKENS_FEATURES = List.of(axis(ROWS), axis(TOKENS), axis(12));

    private static AxisMeaning axis(Object... parts) {
        return new AxisMeaning(Stream.of(parts)
                .map(p -> p instanceof Part part ? part : Part.other(Dim.of((int) p)))
                .toList());
    }

    private static Optional<List<AxisMeaning>> reshaped(List<AxisMeaning> axes, Dim... dims) {
        return AxisMeaning.reshaped(axes, List.of(dims));
    }

    @Test
    void headsAreSplitAndMerged() {
        List<AxisMeaning> split = List.of(axis(ROWS), axis(TOKENS), axis(3), axis(4));
        assertEquals(Optional.of(split), reshaped(ROWS_TOKENS_FEATURES, B, N, Dim.of(3), Dim.of(4)));
        assertEquals(Optional.of(ROWS_TOKENS_FEATURES), reshaped(split, B, N, Dim.of(12)));
    }

    @Test
    void rowsAndTokensAreMergedAndSplit() {
        List<AxisMeaning> merged = List.of(axis(ROWS, TOKENS), axis(12));
        assertEquals(Optional.of(merged), reshaped(ROWS_TOKENS_FEATURES, B.times(N), Dim.of(12)));
        assertEquals(Optional.of(ROWS_TOKENS_FEATURES), reshaped(merged, B, N, Dim.of(12)));
        assertEquals(
                Optional.of(List.of(AxisMeaning.ONE, axis(ROWS, TOKENS, 6), axis(2))),
                reshaped(ROWS_TOKENS_FEATURES, Dim.ONE, B.times(N).times(6), Dim.of(2)));
    }

    @Test
    void featuresBeforeTokensAreCutWhereTheyMust() {
        assertEquals(
                Optional.of(List.of(axis(2), axis(2, TOKENS))),
                reshaped(List.of(axis(4), axis(TOKENS)), Dim.of(2), N.times(2)));
    }

    @Test
    void tokensStayWhole() {
        assertEquals(Optional.empty(), reshaped(ROWS_TOKENS_FEATURES, B, Dim.of(12), N));
        assertEquals(Optional.empty(), reshaped(ROWS_TOKENS_FEATURES, N, B, Dim.of(12)));
        assertEquals(Optional.empty(), reshaped(List.of(axis(TOKENS), axis(2)), N.ceilDiv(Dim.of(2)), Dim.of(4)));
    }
}
