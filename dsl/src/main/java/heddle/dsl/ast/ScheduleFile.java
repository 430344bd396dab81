package heddle.dsl.ast;

import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Optional;

/**
 * A schedule file: choices for named kernels, as they are written.
 *
 * @param kernels in the order in which they stand
 */
public record ScheduleFile(SourceFile file, List<Kernel> kernels) {
    public ScheduleFile {
        kernels = List.copyOf(kernels);
    }

    /** The choices of one kernel. */
    public record Kernel(Name name, List<Entry> entries) {
        public Kernel {
            entries = List.copyOf(entries);
        }
    }

    /** One choice. */
    public sealed interface Entry {
        /** What it is about; its place is where mistakes in it are told. */
        Name subject();
    }

    /** {@code i 32}, {@code e whole}. @param size absent where it is a word */
    public record Cut(Name subject, String word, Optional<Integer> size) implements Entry {}

    /** {@code i down}. */
    public record Order(Name subject, String direction) implements Entry {}

    /** One tile of {@code q, k local}. @param place {@code in place}, {@code local} or {@code register} */
    public record Place(Name subject, String place) implements Entry {}

    /** {@code i group . thread 8 . register 4}. */
    public record Bind(Name subject, List<Level> chain) implements Entry {
        public Bind {
            chain = List.copyOf(chain);
        }
    }

    /** {@code thread 8}. @param n zero where no number stands */
    public record Level(String name, int n) {}

    /** {@code acc over m 6}. */
    public record Unroll(Name subject, Name axis, int n) implements Entry {}

    /** {@code d 32} and the like. @param kind {@code band}, {@code stage}, {@code pitch}, {@code trim} or {@code grain} */
    public record Number(String kind, Name subject, int n) implements Entry {}
}
