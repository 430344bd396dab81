package heddle.runtime.train;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.file.FileFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A picture of the losses of a training, as SVG: those of batches as a line of means, those held out as points. */
final class LossCurve {
    private static final double LN2 = Math.log(2);
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 56;
    private static final int RIGHT = 16;
    private static final int TOP = 32;
    private static final int BOTTOM = 40;

    /** Means of so many parts are drawn, whatever the number of steps. */
    private static final int PARTS = 300;

    /** About so many lines cross the picture. */
    private static final int LINES = 10;

    private static final String BEGIN = String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                    + " font-size=\"12\">",
            WIDTH,
            HEIGHT);

    /** A place in steps and bits. */
    private record Point(double step, double bits) {}

    private final double last;

    /** How many bits lie between two lines, and the numbers of the lowest and the highest line. */
    private final double apart;

    private final long lowest;
    private final long highest;
    private final StringBuilder svg = new StringBuilder();

    private LossCurve(double last, double least, double most) {
        this.last = last;
        this.apart = apart((most - least) / LINES);
        this.lowest = (long) Math.floor(least / apart);
        this.highest = (long) Math.ceil(most / apart);
    }

    /** The least of 1, 2, 5, 10, 20 and so on that is not less, or of their tenths and hundredths. */
    private static double apart(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (int digit : new int[] {1, 2, 5}) {
            if (digit * power >= least) {
                return digit * power;
            }
        }
        return 10 * power;
    }

    /** @throws DiagnosticException when there is a file of this name that is no such picture */
    static void requirePicture(Path file) {
        if (!Files.exists(file)) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            if (!new String(in.readNBytes(BEGIN.length()), StandardCharsets.UTF_8).equals(BEGIN)) {
                throw new DiagnosticException(Diagnostic.of(
                                TrainCode.CHECKPOINT,
                                FileFault.shown(file) + " is no picture of losses, and the picture would replace it")
                        .hint("move the file, or name another checkpoint: --checkpoint"));
            }
        } catch (IOException e) {
            throw AtomicFile.unwritable(file, e);
        }
    }

    /** @param unit what a loss is of: {@code bits a byte} */
    static String svg(String title, String unit, List<LossLog.Line> lines) {
        List<Point> means = means(lines);
        List<Point> heldOut = lines.stream()
                .filter(l -> l.heldOut().isPresent())
                .map(l -> new Point(l.step(), l.heldOut().getAsDouble() / LN2))
                .filter(p -> Double.isFinite(p.bits()))
                .toList();
        List<Point> all = Stream.concat(means.stream(), heldOut.stream()).toList();
        double least = Math.min(0, all.stream().mapToDouble(Point::bits).min().orElse(0));
        double most = Math.max(1, all.stream().mapToDouble(Point::bits).max().orElse(1));
        double last = Math.max(1, lines.isEmpty() ? 1 : lines.getLast().step());
        return new LossCurve(last, least, most).drawn(title, unit, means, heldOut);
    }

    private static List<Point> means(List<LossLog.Line> lines) {
        int part = Math.max(1, Math.ceilDiv(lines.size(), PARTS));
        List<Point> means = new ArrayList<>();
        for (int from = 0; from < lines.size(); from += part) {
            List<LossLog.Line> some = lines.subList(from, Math.min(lines.size(), from + part));
            means.add(new Point(
                    some.stream().mapToLong(LossLog.Line::step).average().orElseThrow(),
                    some.stream().mapToDouble(LossLog.Line::loss).average().orElseThrow() / LN2));
        }
        return means;
    }

    private String drawn(String title, String unit, List<Point> means, List<Point> heldOut) {
        svg.append(BEGIN).append('\n');
        line("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
        line("<text x=\"%d\" y=\"20\">%s: loss in %s</text>", LEFT, escaped(title), escaped(unit));
        for (long k = lowest; k <= highest; k++) {
            double bits = k * apart;
            line(
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>",
                    LEFT, WIDTH - RIGHT, y(bits), y(bits));
            line("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 6, y(bits) + 4, number(bits));
        }
        for (int part = 0; part <= 4; part++) {
            double step = last * part / 4;
            line("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>", x(step), HEIGHT - 20, step);
        }
        line("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">step</text>", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4);
        StringBuilder points = new StringBuilder();
        means.forEach(p -> points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(p.step()), y(p.bits()))));
        line(
                "<polyline fill=\"none\" stroke=\"#2b6cb0\" stroke-width=\"1.5\" points=\"%s\"/>",
                points.toString().strip());
        heldOut.forEach(
                p -> line("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#c05621\"/>", x(p.step()), y(p.bits())));
        line(
                "<text x=\"%d\" y=\"20\" text-anchor=\"end\"><tspan fill=\"#2b6cb0\">trained on</tspan>"
                        + " <tspan fill=\"#c05621\">held out</tspan></text>",
                WIDTH - RIGHT);
        line("</svg>");
        return svg.toString();
    }

    private double x(double step) {
        return LEFT + (WIDTH - LEFT - RIGHT) * step / last;
    }

    private double y(double bits) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (highest - bits / apart) / (highest - lowest);
    }

    /** Short enough for its place left of a line. */
    private static String number(double bits) {
        return String.format(Locale.ROOT, Math.abs(bits) < 1e5 ? "%.1f" : "%.0e", bits);
    }

    private void line(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
