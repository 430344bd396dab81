package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.tile.TileKernel;
import java.util.List;

/**
 * A plan as one Java class that needs only the JDK. It has two public static methods:
 *
 * <ul>
 *   <li>{@code long blocks(int entry, long[] lengths)}: the number of independent blocks of an entry;
 *   <li>{@code void run(int entry, Object[] arrays, int[] offsets, long[] lengths, float[] tiles, int tilesAt, long from, long to)}:
 *       computes some of them. {@code lengths} are the plan's, in its order. The thread has {@code tiles} to itself, from {@code tilesAt}
 *       on; whatever they hold.
 * </ul>
 *
 * @param className the binary name of the class
 * @param text      the compilation unit
 * @param prepare   calls that run once, when weights are loaded
 * @param launches  calls of every run
 * @param tiles     floats that a thread needs of its own
 * @param marks     what stretches of the text are for: {@link ScheduledKernel}s, their actions, masks of loops
 */
public record JavaSource(
        String className, String text, List<Call> prepare, List<Call> launches, int tiles, List<JavaText.Mark> marks) {
    /**
     * A kernel of the plan as a call of an entry; kernels that differ only in their buffers share one.
     *
     * @param arguments whose arrays and offsets are handed over, in this order
     */
    public record Call(TileKernel kernel, int entry, List<Buffer> arguments) {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    public JavaSource {
        prepare = List.copyOf(prepare);
        launches = List.copyOf(launches);
        marks = List.copyOf(marks);
    }
}
