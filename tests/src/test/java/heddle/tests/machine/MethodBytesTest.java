package heddle.tests.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Processor;
import heddle.runtime.Heddle;
import heddle.runtime.ModelSource;
import heddle.runtime.code.JavaCompilation;
import heddle.runtime.code.SourceUnit;
import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * HotSpot leaves a method of more than 8,000 bytes of code interpreted, which is some thousand times as slow. No method of the corpus, and of
 * attention with few queries and heads of any size, is so large.
 */
class MethodBytesTest {
    /** HotSpot's HugeMethodLimit. */
    private static final int MOST = 8000;

    private static final Path CORPUS = Path.of("src", "test", "resources", "fusion", "fuses");
    private static final List<String> JAVAC = List.of("--add-modules", "jdk.incubator.vector", "-proc:none");

    static List<Path> corpus() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.sorted().toList();
        }
    }

    static List<Integer> heads() {
        return IntStream.of(4, 12, 20, 36, 64, 72, 80, 100, 128, 160, 192, 256)
                .boxed()
                .toList();
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("corpus")
    void ofTheCorpus(Path file) {
        check(ModelSource.file(file), Processor.of(16, 1).prefetching(true));
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("heads")
    void ofFewQueries(int size) {
        for (int lanes : List.of(4, 8, 16)) {
            for (int group : List.of(1, 4)) {
                for (int queries : List.of(1, 3, 8)) {
                    String text = """
                            import "attention.heddle"
                            dim M
                            input q: f32[1, %1$d, %2$d, %3$d]
                            input k: f32[1, 2, M, %3$d]
                            input v: f32[1, 2, M, %3$d]
                            output o = softmax(scores(q, share_heads(k, %1$d)), axis = -1) @ share_heads(v, %1$d)
                            """.formatted(2 * group, queries, size);
                    check(ModelSource.text("few", text), Processor.of(lanes, 1));
                }
            }
        }
    }

    private static void check(ModelSource model, Processor processor) {
        JavaSource source = new JvmWriter(processor)
                .write(Heddle.model(model, Map.of())
                        .compilation(Fusion.FUSED, SchedulePolicy.of(processor))
                        .plan());
        List<String> large = new ArrayList<>();
        JavaCompilation.compile(new SourceUnit(source.className(), source.text(), JAVAC))
                .values()
                .forEach(bytes -> ClassFile.of().parse(bytes).methods().stream()
                        .filter(m -> length(m) > MOST)
                        .forEach(m -> large.add(m.methodName() + " has " + length(m) + " bytes, " + processor.name())));
        assertEquals(List.of(), large, () -> model + "\n" + source.text());
    }

    private static int length(MethodModel method) {
        return method.findAttribute(Attributes.code())
                .map(CodeAttribute::codeLength)
                .orElse(0);
    }
}
