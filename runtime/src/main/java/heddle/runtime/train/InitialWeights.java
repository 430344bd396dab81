package heddle.runtime.train;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.scalar.Philox;
import heddle.compiler.scalar.Philox.Stream;
import heddle.compiler.type.DType;
import heddle.compiler.type.Initialiser;
import heddle.runtime.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The elements that weights begin their training with. What is drawn depends on the seed, the weight's name and the
 * place of the element, and on nothing else.
 */
final class InitialWeights {
    private static final double UNIT = 0x1p-32;

    private InitialWeights() {}

    /** The tensor of a weight whose declaration says what it begins with. */
    static Tensor of(Declaration weight, long seed) {
        long[] shape = weight.type().shape().evaluate(Map.of());
        Tensor tensor = Tensor.zeros(DType.F32, shape);
        fill(tensor.floats(), weight.initial().orElseThrow(), weight.name(), seed);
        return tensor.cast(weight.type().dtype());
    }

    private static void fill(float[] elements, Initialiser initial, String name, long seed) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        int[] words = new int[Philox.WORDS];
        for (int i = 0; i < elements.length; i += 2) {
            words[0] = i / 2;
            words[1] = (int) sum.getValue();
            words[2] = name.hashCode();
            words[3] = bytes.length;
            Philox.draw(Philox.lowKey(seed), Philox.highKey(seed, Stream.INITIAL_WEIGHTS), words);
            elements[i] = (float) drawn(initial, words, 0);
            if (i + 1 < elements.length) {
                elements[i + 1] = (float) drawn(initial, words, 1);
            }
        }
    }

    /** One of the two elements that four words make. */
    private static double drawn(Initialiser initial, int[] words, int which) {
        double even = uniform(words[2 * which]);
        return switch (initial.kind()) {
            case CONSTANT -> initial.a();
            case UNIFORM -> initial.a() + (initial.b() - initial.a()) * even;
            // Box and Muller (1958); the logarithm is of a number that is not zero.
            case NORMAL ->
                initial.a()
                        * StrictMath.sqrt(-2 * StrictMath.log(even))
                        * StrictMath.cos(2 * Math.PI * uniform(words[2 * which + 1]));
        };
    }

    /** The middle of one of 2^32 equal parts of the numbers from 0 to 1. */
    private static double uniform(int word) {
        return ((word & 0xFFFFFFFFL) + 0.5) * UNIT;
    }
}
