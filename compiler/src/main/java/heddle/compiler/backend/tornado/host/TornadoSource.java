package heddle.compiler.backend.tornado.host;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scheduled.Grid;
import heddle.compiler.tile.TileKernel;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A plan as one Java file that needs only {@code tornado-api}, and {@code tornado-cublas} if it has library tasks.
 * Besides the kernels, its class has
 *
 * <ul>
 *   <li>a constructor that takes the lengths by symbol and the weights by name, as {@code Map<String, Long>} and {@code
 *       Map<String, MemorySegment>};
 *   <li>{@code void run(Map<String, MemorySegment> inputs, Map<String, MemorySegment> outputs)}, which fills the
 *       outputs;
 *   <li>the same with an {@code IntConsumer} that is told the number of each task graph before it is executed;
 *   <li>{@code void close()}, which frees the device's memory;
 *   <li>{@code void main(String[])}, which does all that with {@code .safetensors} files.
 * </ul>
 *
 * Segments hold dense row-major elements in the machine's byte order: sixteen-bit floats as {@code float}, bools as a
 * byte.
 *
 * @param className the name of the class, in the unnamed package
 * @param text      the compilation unit
 * @param arguments the arguments of its main method: the files that it reads, the file that it writes, and lengths
 * @param tasks     the kernels in the order they run, those that run once first
 * @param arrays    the arrays on the device; each exists from the first run to the last
 * @param marks     what stretches of the text are for: scheduled kernels and their actions
 */
public record TornadoSource(
        String className,
        String text,
        String arguments,
        List<Task> tasks,
        List<Array> arrays,
        List<JavaText.Mark> marks) {
    /**
     * One task.
     *
     * @param graph  the number of its task graph, among those that run once or among those of every run
     * @param name   {@code graph.task} as TornadoVM names it in its messages; tasks of several graphs have one name
     *     where they share compiled code
     * @param kernel the tile program, which says what is computed; its comments name the graph nodes
     * @param work   what computes it
     */
    public record Task(int graph, String name, TileKernel kernel, Work work) {
        /** What kind of kernel it is, or the library that computes it. */
        public String family() {
            return work instanceof LibraryCall call ? call.library() : kernel.family();
        }
    }

    /** The kernel or library function that computes a task. */
    public sealed interface Work {}

    /**
     * A launch of a kernel.
     *
     * @param method     the static method; tasks whose kernels differ only in their buffers share one
     * @param grid       the threads
     * @param localBytes local memory of a group
     * @param notLibrary why no library computes it, where library tasks are asked for and one might
     */
    public record KernelLaunch(String method, Grid grid, long localBytes, Optional<String> notLibrary)
            implements Work {}

    /**
     * A call of a library.
     *
     * @param library  as TornadoVM names it: {@code nvidia/cublas}
     * @param function of the library
     */
    public record LibraryCall(String library, String function) implements Work {}

    /**
     * An array on the device, which is as large as the largest buffer in it.
     *
     * @param name  the field of the class
     * @param type  the class of TornadoVM
     * @param holds the buffers that lie in it, one after the other
     */
    public record Array(String name, String type, List<Buffer> holds) {
        public Array {
            holds = List.copyOf(holds);
        }

        static Array of(DeviceArrays.Field field) {
            return new Array(field.name(), field.storage().array(), field.holds());
        }

        /** Its size at some lengths; an array has one element at least. */
        public long bytes(Map<String, Long> lengths) {
            return holds.stream()
                    .mapToLong(b ->
                            b.stored().bytes(Math.max(1, b.type().shape().size().evaluate(lengths))))
                    .max()
                    .orElseThrow();
        }
    }

    public TornadoSource {
        tasks = List.copyOf(tasks);
        arrays = List.copyOf(arrays);
        marks = List.copyOf(marks);
    }

    /** Whether it calls libraries, and so needs more of TornadoVM than {@code tornado-api}. */
    public boolean callsLibraries() {
        return tasks.stream().anyMatch(t -> t.work() instanceof LibraryCall);
    }

    /** The device memory that the arrays take at given lengths. */
    public long deviceBytes(Map<String, Long> lengths) {
        return arrays.stream().mapToLong(a -> a.bytes(lengths)).sum();
    }
}
