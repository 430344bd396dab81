package heddle.compiler.backend.tornado;

import heddle.compiler.backend.source.JavaText;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Puts a barrier between two accesses to local memory by different threads of a group: reads after writes, writes after
 * reads, and writes after writes.
 */
final class Barriers {
    private final Set<String> written = new HashSet<>();
    private final Set<String> read = new HashSet<>();

    /** Says that what follows reads local arrays. */
    void beforeReading(Collection<String> arrays, JavaText out) {
        if (arrays.stream().anyMatch(written::contains)) {
            barrier(out);
        }
        read.addAll(arrays);
    }

    /** Says that what follows writes a local array, each thread its own elements. */
    void beforeWriting(String array, JavaText out) {
        if (written.contains(array) || read.contains(array)) {
            barrier(out);
        }
        written.add(array);
    }

    /** Says that a loop begins which may come around with all of {@code arrays} in use. */
    void enterLoop(Collection<String> arrays) {
        written.addAll(arrays);
    }

    private void barrier(JavaText out) {
        out.line("context.localBarrier();");
        written.clear();
        read.clear();
    }
}
