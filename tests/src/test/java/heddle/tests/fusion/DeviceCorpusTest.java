package heddle.tests.fusion;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.target.tornado.TornadoLimits;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import heddle.tests.tornado.Conformance;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All spellings of attention that fuse, on devices: the files in turn on one kind of device and the other. The
 * double takes a sample of them; {@code -Dheddle.conformance=all} takes all, as real devices do.
 */
class DeviceCorpusTest {
    private static final List<Map<String, Long>> USUAL =
            Stream.of("B=2 N=5 M=3", "B=1 N=19 M=35").map(CorpusFile::lengths).toList();

    private static final int SAMPLED = 9;

    static List<String> fuses() {
        List<String> all = CorpusFile.names("fuses");
        return Conformance.takesAll()
                ? all
                : IntStream.range(0, all.size())
                        .filter(i -> i % SAMPLED == 0)
                        .mapToObj(all::get)
                        .toList();
    }

    @ParameterizedTest
    @MethodSource("fuses")
    void computesWhatIsWritten(String name) {
        CorpusFile file = CorpusFile.read(name);
        file.device().ifPresent(reason -> assumeFalse(Conformance.isOnRealDevice(), reason));
        HeddleModel model = file.model();
        long seed = name.hashCode();
        TornadoLimits limits = CorpusFile.names("fuses").indexOf(name) % 2 == 0 ? TornadoLimits.GPU : TornadoLimits.CPU;
        SequencedMap<String, Tensor> weights = Draw.USUAL.weights(model, Map.of(), seed);
        Conformance device = Conformance.of(model.declaration().graph(), Fusion.FUSED, limits, weights);
        List<Map<String, Long>> shapes = file.shapes(USUAL);
        for (Map<String, Long> lengths : shapes.subList(Math.max(0, shapes.size() - 2), shapes.size())) {
            Draw draw = lengths.equals(shapes.getLast()) ? Draw.USUAL : Draw.MASKED;
            SequencedMap<String, Tensor> inputs = draw.inputs(model, lengths, seed);
            device.compare(
                    file.meaning(Reference.run(model, weights, inputs)),
                    inputs,
                    lengths,
                    lengths + ", " + draw + ", seed " + seed,
                    (output, type) ->
                            file.tolerance().map(t -> new Tolerance(t, t)).orElseGet(() -> draw.tolerance(type)));
        }
    }
}
