package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.TileKernel;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and values of heads that lie side by side, copied head by head where their rows would fall into few sets of a cache. */
class CopiedRowsTest {
    private static final long SEED = 2611;

    @TempDir
    private Path dir;

    /** @param queries a length, or {@code N} */
    private HeddleModel model(String queries, int heads, int shared, int width, String mask) throws IOException {
        String scores = "q @ transpose(k) / sqrt(" + width + ")";
        String text = String.join(
                "\n",
                "import \"attention.heddle\"",
                "dim N, M",
                "fn split(x, heads) = transpose(split_axis(x, -1, [heads, " + width + "]), 1, 2)",
                "input x: f32[1, " + queries + ", " + heads * width + "]",
                "input y: f32[1, M, " + shared * width + "]",
                "input z: f32[1, M, " + shared * width + "]",
                "let q = split(x, " + heads + ")",
                "let k = share_heads(split(y, " + shared + "), " + heads + ")",
                "let v = share_heads(split(z, " + shared + "), " + heads + ")",
                "let s = " + scores,
                "let i = iota(size(x, 1))[:, new]",
                "let j = iota(M)[new, :]",
                "let o = softmax(" + mask + ") @ v",
                "output o = merge_axes(transpose(o, 1, 2), -2, -1)");
        return Heddle.model(Files.writeString(dir.resolve("heads.heddle"), text));
    }

    private static List<String> kernels(HeddleModel model, SchedulePolicy policy) {
        return model.compilation(Fusion.FUSED, policy).plan().launches().stream()
                .map(TileKernel::name)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "N, 8, 8, 64, true",
        "N, 4, 4, 128, true",
        "N, 16, 8, 64, true",
        "512, 8, 8, 64, true",
        "128, 8, 8, 64, false",
        "2, 8, 8, 64, false",
        "N, 12, 12, 32, false",
        "N, 8, 4, 64, false",
    })
    void rowsThatShareSetsAreCopied(String queries, int heads, int shared, int width, boolean copied)
            throws IOException {
        HeddleModel model = model(queries, heads, shared, width, "s");
        List<String> kernels = kernels(model, SchedulePolicy.PROCESSOR);
        String attention = kernels.getFirst().replaceFirst("[.](keys|parts)$", "");
        if (copied) {
            assertEquals(List.of(attention + ".keys", attention + ".values", attention), kernels);
        } else {
            assertTrue(kernels.stream().noneMatch(name -> name.matches(".*[.](keys|values)")), kernels::toString);
        }
    }

    @Test
    void devicesReadThemWhereTheyLie() throws IOException {
        HeddleModel model = model("N", 8, 8, 64, "s");
        assertEquals(1, kernels(model, new DevicePolicy(TornadoTarget.GPU)).size());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 11", "31, 33", "32, 4", "130, 129", "257, 12"})
    void copiesMeanTheSame(long n, long m) throws IOException {
        for (String mask : List.of("s", "where(j <= i, s, -inf)")) {
            for (int shared : new int[] {8, 16}) {
                HeddleModel model = model("N", 16, shared, 64, mask);
                SequencedMap<String, Tensor> inputs = Draw.USUAL.inputs(model, Map.of("N", n, "M", m), SEED);
                Tensor result = model.compile().run(inputs).get("o");
                Comparison c = Comparison.of(
                        result, Reference.run(model, Map.of(), inputs).get("o"), Draw.USUAL.tolerance(result.dtype()));
                assertTrue(
                        c.within(),
                        () -> mask + ", " + shared + " heads of keys, N=" + n + " M=" + m + ", seed " + SEED + ": o"
                                + Arrays.toString(c.worst()) + " is " + c.got() + ", not " + c.want());
            }
        }
    }
}
