package heddle.bench;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.type.DType;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A model without weights, compiled for the jvm target, with its inputs. Its output is called {@code y}. */
final class HeddleEngine implements Engine {
    private final JvmProgram program;
    private final Map<String, Long> lengths;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();

    /** @param lengths of the symbols that inputs have */
    HeddleEngine(int threads, String source, Map<String, Long> lengths) throws IOException {
        this.lengths = lengths;
        Model model = Frontend.elaborate(
                Parser.parse(new SourceFile("model.heddle", source)).orThrow(), SourceReader::imported);
        JvmOptions options = options(threads);
        program = JvmProgram.load(
                Compiler.compile(model.graph(), Fusion.FUSED, SchedulePolicy.of(options.target()), Set.of())
                        .plan(),
                Map.of(),
                options);
    }

    /** Options with classes of this process alone. */
    static JvmOptions options(int threads) throws IOException {
        Path classes = TemporaryFolder.of("heddle-engine");
        return new JvmOptions(JvmPlatform.target(threads), classes, "bench", warning -> {
            throw new IllegalStateException(warning);
        });
    }

    HeddleEngine with(String name, float[] elements, long... shape) {
        inputs.put(name, Tensor.wrap(DType.F32, shape, elements));
        return this;
    }

    @Override
    public float[] run() {
        return program.run(inputs, lengths).get("y").floats();
    }
}
