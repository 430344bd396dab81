package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Family;
import heddle.compiler.tile.family.FamilyInterpreter;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;

/** Kernels set up by hand: run as generated code, and compared with their interpreter in double precision. */
final class Bench {
    /** How far a result may be from the reference: {@code absolute + relative * |reference|}. */
    record Tolerance(double absolute, double relative) {
        static final Tolerance EXACT = new Tolerance(0, 0);
    }

    private record Launch(Family family, Tolerance tolerance, KernelSchedule schedule) {}

    private final Path classes;
    private final Map<String, Long> lengths = new TreeMap<>();
    private final SequencedMap<String, Buffer> inputs = new LinkedHashMap<>();
    private final SequencedMap<String, Buffer> outputs = new LinkedHashMap<>();
    private final Map<Buffer, double[]> elements = new HashMap<>();
    private final Map<Buffer, Tolerance> tolerances = new HashMap<>();
    private final List<Launch> launches = new ArrayList<>();

    /** @param classes a directory for compiled classes */
    Bench(Path classes) {
        this.classes = classes;
    }

    /** A new symbol with its length in this run. */
    Dim length(String symbol, long value) {
        lengths.put(symbol, value);
        return Dim.symbol(symbol);
    }

    Buffer input(String name, DType dtype, IntToDoubleFunction element, Dim... shape) {
        Buffer buffer = new Buffer(name, new TensorType(dtype, Shape.of(shape)));
        double[] data = new double[size(buffer)];
        for (int i = 0; i < data.length; i++) {
            data[i] = dtype.nearest(element.applyAsDouble(i));
        }
        inputs.put(name, buffer);
        elements.put(buffer, data);
        return buffer;
    }

    Buffer output(String name, DType dtype, Tolerance tolerance, Dim... shape) {
        Buffer buffer = new Buffer(name, new TensorType(dtype, Shape.of(shape)));
        outputs.put(name, buffer);
        elements.put(buffer, new double[size(buffer)]);
        tolerances.put(buffer, tolerance);
        return buffer;
    }

    void kernel(Family family) {
        kernel(family, SchedulePolicy.PROCESSOR.schedule(family));
    }

    void kernel(Family family, KernelSchedule schedule) {
        launches.add(new Launch(family, Tolerance.EXACT, schedule));
    }

    private int size(Buffer buffer) {
        return (int) buffer.type().shape().size().evaluate(lengths);
    }

    /** The plan of all kernels. */
    Plan plan() {
        List<TileKernel> kernels = new ArrayList<>();
        for (Launch l : launches) {
            kernels.add(new TileKernel(
                    l.family().program("kernel" + kernels.size(), List.of("by hand, in C:\\users\\unet */")),
                    l.schedule()));
        }
        List<String> symbols = List.copyOf(lengths.keySet());
        return new Plan("bench", symbols, inputs, new LinkedHashMap<>(), List.of(), outputs, List.of(), kernels);
    }

    Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new HashMap<>();
        inputs.forEach((name, b) -> tensors.put(name, tensor(b)));
        return tensors;
    }

    private Tensor tensor(Buffer buffer) {
        double[] data = elements.get(buffer);
        Object storage = Tensor.newStorage(buffer.type().dtype(), data.length);
        for (int i = 0; i < data.length; i++) {
            switch (storage) {
                case float[] a -> a[i] = (float) data[i];
                case double[] a -> a[i] = data[i];
                case long[] a -> a[i] = (long) data[i];
                case int[] a -> a[i] = (int) data[i];
                case boolean[] a -> a[i] = data[i] != 0;
                default -> throw new AssertionError(storage.getClass());
            }
        }
        return Tensor.wrap(buffer.type().dtype(), buffer.type().shape().evaluate(lengths), storage);
    }

    JvmProgram program(int lanes, int threads) {
        Processor target = Processor.of(lanes, threads);
        return JvmProgram.load(plan(), Map.of(), new JvmOptions(target, classes, "test", warning -> {
            throw new AssertionError(warning);
        }));
    }

    Map<String, Tensor> run(int lanes, int threads) {
        return program(lanes, threads).run(tensors(), lengths);
    }

    /** Runs with vectors of each length and compares every element of every output. */
    void check(String context) {
        FamilyInterpreter reference = new FamilyInterpreter(elements, lengths);
        launches.forEach(l -> reference.run(l.family()));
        for (int lanes : new int[] {4, 8, 16}) {
            Map<String, Tensor> results = run(lanes, 2);
            outputs.forEach((name, buffer) -> compare(context + ", lanes " + lanes, name, buffer, results.get(name)));
        }
    }

    private void compare(String context, String name, Buffer buffer, Tensor result) {
        double[] expected = elements.get(buffer);
        Tolerance tolerance = tolerances.get(buffer);
        for (int i = 0; i < expected.length; i++) {
            double got = result.element(i);
            double want = buffer.type().dtype().nearest(expected[i]);
            boolean same = Double.compare(got, want) == 0
                    || got == want
                    || Math.abs(got - want) <= tolerance.absolute() + tolerance.relative() * Math.abs(want);
            int at = i;
            assertTrue(same, () -> context + ": " + name + "[" + at + "] is " + got + ", expected " + want);
        }
    }
}
