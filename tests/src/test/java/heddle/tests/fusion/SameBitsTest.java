package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Results have the same bits in the interpreter of HotSpot, in code of its first and of its second compiler, while it
 * changes from one to the other, and on any number of threads.
 *
 * <p>{@code -Dheddle.bits=corpus} runs the whole corpus as well, which takes many minutes.
 */
class SameBitsTest {
    private static final Path RESOURCES = Path.of("src/test/resources");

    /** Generated code is compiled after a few runs, so that those before it are compared with those after. */
    private static final List<String> SOON = List.of(
            "-XX:CompileCommand=CompileThresholdScaling,*Plan::*,0.01",
            "-XX:CompileCommand=BackgroundCompilation,*Plan::*,false");

    private static final List<Integer> THREADS = List.of(1, 2, 3, 7);

    /**
     * How HotSpot runs code.
     *
     * @param option says which of its compilers do
     * @param runs   enough for them to have compiled everything
     */
    private record Mode(String option, int runs) {}

    private static final List<Mode> MODES = List.of(
            new Mode("-Xint", 1), new Mode("-XX:TieredStopAtLevel=1", 8), new Mode("-XX:-TieredCompilation", 8));

    @TempDir
    static Path classes;

    @Test
    void eachKernelFamily() throws Exception {
        assertSameBits("N=21 M=18", 20, List.of(RESOURCES.resolve("bits/families.heddle")));
    }

    @Test
    @EnabledIfSystemProperty(named = "heddle.bits", matches = "corpus")
    void theCorpus() throws Exception {
        List<Path> files = Stream.of("fuses", "declines", "none")
                .flatMap(part -> CorpusFile.names(part).stream())
                .map(name -> CorpusFile.read(name).path())
                .toList();
        assertSameBits("B=1 N=33 M=33", 4, files);
    }

    /** Runs models here, which leaves their classes for the other JVMs, and in each mode. */
    private static void assertSameBits(String lengths, int runs, List<Path> files) throws Exception {
        List<String> names = files.stream().map(Path::toString).toList();
        SortedSet<String> here = ResultBits.lines(classes, THREADS, runs, lengths, names);
        assertEquals(
                here.size(),
                here.stream()
                        .map(line -> line.substring(0, line.lastIndexOf(' ')))
                        .distinct()
                        .count(),
                () -> "one result, several bits: " + here);
        for (Mode mode : MODES) {
            assertEquals(here, there(mode, lengths, names), mode.option);
        }
    }

    private static SortedSet<String> there(Mode mode, String lengths, List<String> files)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add(mode.option);
        command.addAll(SOON);
        command.addAll(List.of("-Xss4m", "--add-modules", "jdk.incubator.vector"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ResultBits.class.getName()));
        command.addAll(List.of(classes.toString(), "2", String.valueOf(mode.runs), lengths));
        command.addAll(files);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed);
        SortedSet<String> lines = new TreeSet<>(printed.lines().toList());
        lines.removeIf(line -> line.startsWith("CompileCommand"));
        return lines;
    }
}
