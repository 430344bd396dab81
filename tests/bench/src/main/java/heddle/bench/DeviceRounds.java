package heddle.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The timed part of {@link DeviceBenchmark}, in a JVM that has the classes and was started for TornadoVM. */
final class DeviceRounds {
    private static final int HEADS = 4;
    private static final int WIDTH = 64;

    private DeviceRounds() {}

    /** @param args sequence lengths */
    public static void main(String[] args) throws Exception {
        System.out.println("medians in ms, and how many times as long as the fused plan");
        for (String mask : Benchmarked.MASKS) {
            for (String length : args) {
                compare(mask, Long.parseLong(length));
            }
        }
    }

    private static void compare(String mask, long n) throws Exception {
        List<String> names = Benchmarked.classNames(mask);
        Map<String, Long> lengths = Benchmarked.lengths(mask, n);
        try (Arena arena = Arena.ofConfined()) {
            Map<String, MemorySegment> inputs = new HashMap<>();
            Random random = new Random(n);
            for (String name : List.of("q", "k", "v")) {
                inputs.put(name, gaussian(tensor(n, arena), random));
            }
            DeviceModel[] models = new DeviceModel[names.size()];
            MemorySegment[] outputs = new MemorySegment[names.size()];
            for (int i = 0; i < models.length; i++) {
                outputs[i] = tensor(n, arena);
                models[i] = DeviceModel.open(names.get(i), lengths, inputs, Map.of("o", outputs[i]));
            }
            double[] t = Interleaved.millis(models);
            double most = Math.max(difference(outputs[0], outputs[1]), difference(outputs[0], outputs[2]));
            System.out.printf(
                    "%6s %5d | fused %8.2f | unfused %8.2f %6.2f | rows %9.2f %6.2f | max diff %.1e%n",
                    mask, n, t[0], t[1], t[1] / t[0], t[2], t[2] / t[0], most);
            for (DeviceModel model : models) {
                model.close();
            }
        }
    }

    /** Room for queries, keys, values or results. */
    static MemorySegment tensor(long n, Arena arena) {
        return arena.allocate(ValueLayout.JAVA_FLOAT, HEADS * n * WIDTH);
    }

    private static MemorySegment gaussian(MemorySegment tensor, Random random) {
        for (long i = 0; i < tensor.byteSize() / Float.BYTES; i++) {
            tensor.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return tensor;
    }

    private static double difference(MemorySegment a, MemorySegment b) {
        double most = 0;
        for (long i = 0; i < a.byteSize() / Float.BYTES; i++) {
            float x = a.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            float y = b.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            most = Math.max(most, Math.abs(x - y));
        }
        return most;
    }
}
