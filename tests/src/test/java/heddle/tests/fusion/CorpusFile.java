package heddle.tests.fusion;

import heddle.compiler.ir.NdArray;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model of the corpus and what its comments say must become of it.
 *
 * <pre>
 * // expect: fused 1                        how many attentions are fused, and that none is declined
 * // expect: declined several products      a part of the reason that is given; nothing is fused
 * // remedy: take one softmax               the remedy that is given, in full
 * // declined: 2                           how many are declined for that reason; one without this line
 * // expect: nothing                        no attention is seen at all
 * // kernels: 1                             how many kernels run; not checked without this line
 * // shapes: B=1 N=1; B=2 N=5               lengths to run with, instead of the usual ones
 * // masked rows: zeros                     where the written arithmetic divides zero by zero, zero is meant
 * // tolerance: 2e-3                      how far f32 is off as it is written; the usual without this line
 * // device: may do otherwise            why a real device need not give what is written; it must without this line
 * ... // here                        the line that the reason points at
 * </pre>
 */
record CorpusFile(Path path, List<String> lines) {
    private static final Path CORPUS = Path.of("src/test/resources/fusion");
    private static final Pattern LENGTH = Pattern.compile("(\\w+)=(\\d+)");

    /** The names of the files in a part of the corpus, sorted. */
    static List<String> names(String part) {
        try (Stream<Path> files = Files.list(CORPUS.resolve(part))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".heddle"))
                    .map(f -> part + "/" + f.replace(".heddle", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static CorpusFile read(String name) {
        return read(CORPUS.resolve(name + ".heddle"));
    }

    static CorpusFile read(Path path) {
        try {
            return new CorpusFile(path, Files.readAllLines(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HeddleModel model() {
        return Heddle.model(path);
    }

    /** Whether the first line is a comment that says what the file shows. */
    boolean saysWhatItShows() {
        return lines.getFirst().matches("// \\w.*\\.");
    }

    /** What follows {@code // key: }. */
    private Optional<String> note(String key) {
        String start = "// " + key + ": ";
        return lines.stream()
                .filter(l -> l.startsWith(start))
                .map(l -> l.substring(start.length()).strip())
                .findFirst();
    }

    private String expectation() {
        return note("expect")
                .filter(e -> e.matches("fused [1-9]\\d*|declined .+|nothing"))
                .orElseThrow(() -> new AssertionError(path + " does not say what is expected"));
    }

    int fused() {
        String e = expectation();
        return e.startsWith("fused ") ? Integer.parseInt(e.substring("fused ".length())) : 0;
    }

    /** A part of the reason why nothing is fused. */
    Optional<String> reason() {
        String e = expectation();
        return e.startsWith("declined ") ? Optional.of(e.substring("declined ".length())) : Optional.empty();
    }

    /** What must be said to do about it. */
    String remedy() {
        return note("remedy").orElseThrow(() -> new AssertionError(path + " does not say what the remedy is"));
    }

    /** How many are declined. */
    int declined() {
        return reason().isEmpty() ? 0 : note("declined").map(Integer::valueOf).orElse(1);
    }

    /** The folder that the file belongs in. */
    String folder() {
        return fused() > 0 ? "fuses" : reason().isPresent() ? "declines" : "none";
    }

    /** The line that the reason points at, counted from 1. */
    int here() {
        return IntStream.range(0, lines.size())
                .filter(n -> lines.get(n).endsWith("// here"))
                .map(n -> n + 1)
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + " does not say which line is in the way"));
    }

    OptionalInt kernels() {
        return note("kernels").stream().mapToInt(Integer::parseInt).findFirst();
    }

    /** How far results may be off, when not the usual. */
    Optional<Double> tolerance() {
        return note("tolerance").map(Double::valueOf);
    }

    /** Why real devices are not held to it, if they are not. */
    Optional<String> device() {
        return note("device");
    }

    /** What is meant by what the written arithmetic gives: NaN may stand for the zeros of a row that is masked throughout. */
    SequencedMap<String, NdArray> meaning(SequencedMap<String, NdArray> computed) {
        if (note("masked rows").filter("zeros"::equals).isPresent()) {
            computed.values().forEach(a -> Arrays.setAll(a.data(), i -> Double.isNaN(a.data()[i]) ? 0 : a.data()[i]));
        }
        return computed;
    }

    /** Lengths to run with: those of the file, or {@code usual} ones. */
    List<Map<String, Long>> shapes(List<Map<String, Long>> usual) {
        return note("shapes")
                .map(s -> Arrays.stream(s.split(";")).map(CorpusFile::lengths).toList())
                .orElse(usual);
    }

    /** {@code B=1 N=5} as a map. */
    static Map<String, Long> lengths(String text) {
        Map<String, Long> lengths = new LinkedHashMap<>();
        Matcher m = LENGTH.matcher(text);
        while (m.find()) {
            lengths.put(m.group(1), Long.parseLong(m.group(2)));
        }
        return lengths;
    }
}
