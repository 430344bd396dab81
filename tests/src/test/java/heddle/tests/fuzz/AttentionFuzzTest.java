package heddle.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random models of attention and of what is nearly attention: optimised they must mean what they mean as they are
 * written, and attention must be fused.
 *
 * <p>{@code -Dheddle.fuzz=10000} runs that many, {@code -Dheddle.fuzz.seed=7} starts at that seed.
 */
class AttentionFuzzTest {
    private static final long FIRST = Long.getLong("heddle.fuzz.seed", 0);
    private static final long GRAPHS = Long.getLong("heddle.fuzz", 300);

    /** One in so many is also run as generated code, which takes a compiler some time. */
    private static final long PER_COMPILED = 10;

    @TempDir
    static Path classes;

    @Test
    void meansWhatIsWritten() {
        List<String> failures = new ArrayList<>();
        LongStream.range(FIRST, FIRST + GRAPHS)
                .forEach(seed -> failure(seed, Set.of()).ifPresent(f -> failures.add(shrunk(seed))));
        assertEquals(0, failures.size(), () -> failures.size() + " of " + GRAPHS + "\n" + String.join("\n", failures));
    }

    private static Optional<String> failure(long seed, Set<String> plain) {
        Optional<JvmOptions> jvm = seed % PER_COMPILED == 0
                ? Optional.of(new JvmOptions(JvmPlatform.target(2), classes, "test", warning -> {}))
                : Optional.empty();
        return FuzzedRun.failure(FuzzedModel.of(seed, plain), seed, jvm);
    }

    /** The failure with all choices made plain that it does not need. */
    private static String shrunk(long seed) {
        Set<String> plain = new HashSet<>();
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (String choice : FuzzedModel.of(seed, plain).made()) {
                Set<String> more = new HashSet<>(plain);
                more.add(choice);
                if (failure(seed, more).isPresent()) {
                    plain = more;
                    smaller = true;
                }
            }
        }
        FuzzedModel model = FuzzedModel.of(seed, plain);
        return "---- seed " + seed + ": " + failure(seed, plain).orElse("") + "\n" + model.made() + "\n"
                + model.lengths() + " " + model.draw() + "\n" + model.source();
    }
}
