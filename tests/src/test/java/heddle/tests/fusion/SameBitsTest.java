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
    private static final String SOON = "-XX:CompileCommand=CompileThresholdScaling,*Plan::*,0.01";

    /** How HotSpot runs code. @param runs enough for its compilers to have done what they do */
    private record Mode(int runs, List<String> options) {}

    private static final List<Mode> MODES = List.of(
            new Mode(1, List.of("-Xint")),
            new Mode(4, List.of("-XX:TieredStopAtLevel=1", "-Xbatch", SOON)),
            new Mode(30, List.of("-XX:-TieredCompilation", "-Xbatch", SOON)));

    @TempDir
    static Path classes;

    @Test
    void eachKernelFamily() throws Exception {
        assertSameBits("N=45 M=37", 100, List.of(RESOURCES.resolve("bits/families.heddle")));
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
        SortedSet<String> here = ResultBits.lines(classes, runs, lengths, names);
        assertEquals(
                here.size(),
                here.stream().map(line -> line.substring(0, line.lastIndexOf(' '))).distinct().count(),
                () -> "one result, several bits: " + here);
        for (Mode mode : MODES) {
            assertEquals(here, there(mode, lengths, names), mode.options.toString());
        }
    }

    private static SortedSet<String> there(Mode mode, String lengths, List<String> files)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(mode.options);
        command.addAll(List.of("-Xshare:auto", "-Xss4m", "--add-modules", "jdk.incubator.vector"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ResultBits.class.getName()));
        command.addAll(List.of(classes.toString(), String.valueOf(mode.runs), lengths));
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
