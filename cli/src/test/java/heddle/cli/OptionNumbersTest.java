package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.runtime.CompileOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every option that takes a number says which numbers it takes, before anything runs. */
class OptionNumbersTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource({
        "verify, --atol=-1, a tolerance",
        "verify, --atol=NaN, a tolerance",
        "verify, --rtol=1e999, a tolerance",
        "verify, --rtol=x, a tolerance",
        "run, --threads=0, a whole number from 1 to",
        "run, --threads=100000, a whole number from 1 to",
        "run, --threads=x, a whole number from 1 to",
        "run, --seed=x, a whole number from -9223372036854775808 to 9223372036854775807",
        "run, --time-limit=0, 'a number of seconds, more than zero'",
        "run, --time-limit=NaN, 'a number of seconds, more than zero'",
        "bench, --runs=0, a whole number from 1 to 2147483647",
        "bench, --runs=99999999999, a whole number from 1 to 2147483647",
        "bench, --warm-up=-1, 'a number of seconds, zero or more'",
        "bench, --settle=-1, 'a number of seconds, zero or more'",
        "bench, --settle=Infinity, 'a number of seconds, zero or more'",
        "explain, -DN=-1, a whole number from 0 to 2147483647",
        "run, -DN=abc, a whole number from 0 to 2147483647",
        "check, -DN=, a whole number from 0 to 2147483647",
    })
    void numbersAreInTheirRange(String command, String option, String range) throws IOException {
        Path model = Files.writeString(dir.resolve("m.heddle"), "dim N\ninput x: f32[N]\noutput y = x\n");
        Ran ran = Ran.command(command, model, option);
        assertEquals(ExitCode.USAGE, ran.code(), ran.toString());
        String given = option.substring(option.indexOf('=') + 1);
        assertTrue(ran.err().contains("'" + given + "' is not " + range), ran.err());
        assertTrue(ran.err().contains(option.startsWith("-D") ? "-D N: " : option.replaceAll("=.*", "")), ran.err());
    }

    @Test
    void libraryCallersHaveTheSameLimit() {
        int most = CompileOptions.mostThreads();
        heddle.api.Options options = heddle.api.Options.defaults();
        options.threads(most);
        assertThrows(IllegalArgumentException.class, () -> options.threads(most + 1));
        assertThrows(IllegalArgumentException.class, () -> options.threads(0));
    }
}
