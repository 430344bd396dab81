package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and values of heads that lie side by side, copied head by head where their rows would fall into few sets of a cache. */
class CopiedRowsTest {
    private static final long SEED = 2611;

    @TempDir
    private Path dir;

    /** @param type of the elements @param queries a length or its name, as {@code keys} is */
    private HeddleModel model(String type, String queries, String keys, int heads, int shared, int width, String mask)
            throws IOException {
        String names = Stream.of(queries, keys)
                .filter(name -> name.matches("[A-Z]"))
                .distinct()
                .collect(Collectors.joining(", "));
        String text = String.join(
                "\n",
                "import \"attention.heddle\"",
                names.isEmpty() ? "" : "dim " + names,
                "fn split(x, heads) = transpose(split_axis(x, -1, [heads, " + width + "]), 1, 2)",
                "input x: " + type + "[1, " + queries + ", " + heads * width + "]",
                "input y: " + type + "[1, " + keys + ", " + shared * width + "]",
                "input z: " + type + "[1, " + keys + ", " + shared * width + "]",
                "let q = split(x, " + heads + ")",
                "let k = share_heads(split(y, " + shared + "), " + heads + ")",
                "let v = share_heads(split(z, " + shared + "), " + heads + ")",
                "let s = q @ transpose(k) / sqrt(" + width + ")",
                "let i = iota(size(x, 1))[:, new]",
                "let j = iota(size(y, 1))[new, :]",
                "let o = softmax(" + mask + ") @ v",
                "output o = merge_axes(transpose(o, 1, 2), -2, -1)");
        return Heddle.model(Files.writeString(dir.resolve("heads.heddle"), text));
    }

    private static List<TileKernel> kernels(HeddleModel model, SchedulePolicy policy) {
        return model.compilation(Fusion.FUSED, policy).plan().launches();
    }

    private static List<String> names(HeddleModel model, SchedulePolicy policy) {
        return kernels(model, policy).stream().map(TileKernel::name).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "f32, N, N, 8, 8, 64, true",
        "f32, N, N, 4, 4, 128, true",
        "f32, N, N, 16, 8, 64, true",
        "f32, 256, M, 8, 8, 64, true",
        "f64, N, N, 4, 4, 64, true",
        "f32, N, M, 8, 8, 64, false",
        "f32, 255, M, 8, 8, 64, false",
        "f32, 2, M, 8, 8, 64, false",
        "f32, N, N, 12, 12, 32, false",
        "f32, N, N, 8, 4, 64, false",
        "f16, N, N, 8, 8, 64, false",
    })
    void rowsThatShareSetsAreCopied(
            String type, String queries, String keys, int heads, int shared, int width, boolean copied)
            throws IOException {
        List<String> kernels = names(model(type, queries, keys, heads, shared, width, "s"), SchedulePolicy.PROCESSOR);
        if (copied) {
            assertEquals(3, kernels.size(), kernels::toString);
            String attention = kernels.getLast();
            assertEquals(List.of(attention + ".keys", attention + ".values", attention), kernels);
        } else {
            assertTrue(kernels.stream().noneMatch(name -> name.matches(".*[.](keys|values)")), kernels::toString);
        }
    }

    /** Keys that are values too, of two attentions, have one copy; heads that share them, as many as a length says, have none. */
    @Test
    void nothingIsCopiedTwice() throws IOException {
        Path file = Files.writeString(
                dir.resolve("twice.heddle"),
                String.join(
                        "\n",
                        "dim N",
                        "input x: f32[N, 512]",
                        "let h = transpose(split_axis(x, -1, [8, 64]), 0, 1)",
                        "let y = softmax(h @ transpose(h)) @ h",
                        "output o = softmax(tanh(y) @ transpose(h)) @ h"));
        List<String> kernels = names(Heddle.model(file), SchedulePolicy.PROCESSOR);
        assertEquals(
                1,
                kernels.stream()
                        .filter(name -> name.matches(".*[.](keys|values)"))
                        .count(),
                kernels::toString);
        file = Files.writeString(
                dir.resolve("shared.heddle"),
                String.join(
                        "\n",
                        "dim N, H",
                        "input x: f32[8 * H, N, 64]",
                        "input y: f32[N, 512]",
                        "let k = repeat(transpose(split_axis(y, -1, [8, 64]), 0, 1), H, axis = 0)",
                        "output o = softmax(x @ transpose(k)) @ k"));
        for (TileKernel kernel : kernels(Heddle.model(file), SchedulePolicy.PROCESSOR)) {
            assertFalse(kernel.name().matches(".*[.](keys|values)"), kernel.name());
        }
    }

    @Test
    void devicesReadThemWhereTheyLie() throws IOException {
        HeddleModel model = model("f32", "N", "N", 8, 8, 64, "s");
        assertEquals(1, names(model, new DevicePolicy(TornadoTarget.GPU)).size());
    }

    @ParameterizedTest
    @CsvSource({
        "N, N, 1",
        "N, N, 5",
        "N, N, 33",
        "N, N, 130",
        "N, N, 257",
        "300, M, 1",
        "300, M, 11",
        "300, M, 129",
        "N, N, 0"
    })
    void copiesMeanTheSame(String queries, String keys, long length) throws IOException {
        for (String mask : List.of("s", "where(j <= i, s, -inf)")) {
            for (int shared : new int[] {8, 16}) {
                HeddleModel model = model("f32", queries, keys, 16, shared, 64, mask);
                SequencedMap<String, Tensor> inputs = Draw.USUAL.inputs(model, Map.of(keys, length), SEED);
                Tensor result = model.compile().run(inputs).get("o");
                Comparison c = Comparison.of(
                        result, Reference.run(model, Map.of(), inputs).get("o"), Draw.USUAL.tolerance(result.dtype()));
                assertTrue(
                        c.within(),
                        () -> mask + ", " + shared + " heads of keys, " + keys + "=" + length + ", seed " + SEED + ": o"
                                + Arrays.toString(c.worst()) + " is " + c.got() + ", not " + c.want());
            }
        }
    }
}
