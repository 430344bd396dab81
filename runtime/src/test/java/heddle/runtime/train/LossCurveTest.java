package heddle.runtime.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossCurveTest {
    private static final Pattern LINE = Pattern.compile("<line .* y1=\"([0-9.-]+)\"");
    private static final Pattern POINT = Pattern.compile("[0-9.]+,([0-9.-]+)");

    private static String svg(double first, double second) {
        return LossCurve.svg(
                "Model",
                "bits a byte",
                List.of(
                        new LossLog.Line(1, first, 1, 0.1, OptionalDouble.empty()),
                        new LossLog.Line(2, second, 1, 0.1, OptionalDouble.empty())));
    }

    /** What is held out may overflow where batches do not. */
    @Test
    void measurementsThatAreNotFiniteHaveNoPoint() {
        List<LossLog.Line> lines = DoubleStream.of(2, Double.NaN, Double.POSITIVE_INFINITY)
                .mapToObj(loss -> new LossLog.Line(1, 1, 1, 0.1, OptionalDouble.of(loss)))
                .toList();
        String svg = LossCurve.svg("Model", "bits a byte", lines);
        assertEquals(1, svg.lines().filter(l -> l.startsWith("<circle")).count(), svg);
        assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
    }

    private static List<Double> all(Pattern pattern, String text) {
        Matcher m = pattern.matcher(text);
        List<Double> all = new ArrayList<>();
        while (m.find()) {
            all.add(Double.valueOf(m.group(1)));
        }
        return all;
    }

    /** Losses in nats; whatever they are, some lines cross the picture, and all points are in it. */
    @ParameterizedTest
    @CsvSource({"5.5, 1.2", "0.1, 0.02", "1e8, 3", "3e38, -3e38", "-2, -8", "0, 0", "0.7, -0.001"})
    void hasSomeLinesAndAllPoints(double first, double second) {
        String svg = svg(first, second);
        List<Double> lines = all(LINE, svg);
        assertTrue(lines.size() >= 3 && lines.size() <= 13, lines.size() + " lines");
        assertEquals(360, lines.getFirst(), 0.01);
        assertEquals(32, lines.getLast(), 0.01);
        List<Double> points = all(POINT, svg.substring(svg.indexOf("points=\"")));
        assertEquals(2, points.size(), svg);
        points.forEach(y -> assertTrue(y >= 32 && y <= 360, "a point at " + y));
    }

    @Test
    void linesLieAtRoundNumbers() {
        assertTrue(svg(8 * Math.log(2), 1).contains(">7.0</text>"));
        assertTrue(svg(4 * Math.log(2), 1).contains(">3.5</text>"));
        assertTrue(svg(300 * Math.log(2), 1).contains(">250.0</text>"));
        assertTrue(svg(-3 * Math.log(2), 0).contains(">-2.5</text>"));
    }
}
