package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArgumentFileTest {
    @Test
    void readsWordsCommentsAndQuotes() {
        ArgumentFile file = ArgumentFile.parse("""
                # a comment -Dno=1
                -server -Da=1
                --module-path .:"/with space/jars"
                "-Dwindows=C:\\\\lib"  '-Dq=it is \\'so\\''
                -Da=2
                """);
        assertEquals(
                List.of(
                        "-server",
                        "-Da=1",
                        "--module-path",
                        ".:/with space/jars",
                        "-Dwindows=C:\\lib",
                        "-Dq=it is 'so'",
                        "-Da=2"),
                file.arguments());
        assertEquals(Optional.of("2"), file.property("a"));
        assertEquals(Optional.empty(), file.property("b"));
    }

    @Test
    void writesWhatItReads() {
        ArgumentFile file = new ArgumentFile(List.of("-Da=say \"hi\"", "C:\\x y", "#no-comment", "-cp", "a:b"));
        assertEquals(file, ArgumentFile.parse(file.text()));
    }
}
