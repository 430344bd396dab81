package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.schedule.FamilySchedules;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.machine.Device;
import heddle.compiler.scheduled.ScheduledInterpreter;
import heddle.compiler.scheduled.group.DeviceScheduler;
import heddle.compiler.tile.BlockChoice;
import heddle.compiler.tile.Choice;
import heddle.compiler.tile.IllegalSchedule;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileInterpreter;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileVerifier;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.runtime.Program;
import heddle.runtime.machine.MachineFiles;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Tolerance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Programs with nested loops and several sums, on devices: scheduled and run thread by thread, and as generated code on the double.
 * Both are compared with what the program means.
 */
class NestedLoopsTest {
    private static final Tolerance CLOSE = new Tolerance(2e-5, 2e-5);

    private record Case(TornadoTarget target, BackwardPrograms programs, Map<String, Long> lengths, long seed) {}

    @ParameterizedTest
    @CsvSource({
        "GPU, 2, 16, 24, 1, 1, 1, 32, 32",
        "GPU, 1, 80, 40, 2, 33, 31, 32, 32",
        "GPU, 3, 16, 16, 1, 65, 20, 32, 16",
        "CPU, 2, 24, 16, 1, 19, 45, 32, 16",
        "CPU, 1, 16, 16, 2, 17, 17, 8, 20",
        "GPU, 2, 128, 128, 1, 40, 50, 16, 16",
        "h100, 2, 64, 40, 1, 70, 67, 32, 32",
        "h100, 1, 80, 64, 2, 9, 33, 5, 32"
    })
    void gradientsOfAttentionAreWhatTheyMean(
            String kind, int groups, int features, int values, long batch, long queries, long keys, int i, int j) {
        TornadoTarget target = switch (kind) {
            case "GPU" -> TornadoTarget.GPU;
            case "CPU" -> TornadoTarget.CPU;
            default -> TornadoTarget.of((Device) MachineFiles.find(kind));
        };
        BackwardPrograms programs = new BackwardPrograms(groups, features, values);
        Map<String, Long> lengths = new TreeMap<>(Map.of("B", batch, "N", queries, "M", keys));
        Case at = new Case(target, programs, lengths, 31 * features + queries);
        check(at, programs.keysAndValues(), List.of("dk", "dv"), i, j);
        check(at, programs.queries(), List.of("dq"), i, j);
        check(at, programs.bias(false), List.of("dBias"), i, j);
    }

    /** Threads of a group have different keys, and would add to the element of one query in any order. */
    @Test
    void aSumThatThreadsShareIsRefused() {
        BackwardPrograms programs = new BackwardPrograms(1, 16, 16);
        TileProgram program = programs.bias(true);
        KernelSchedule cuts = cuts(programs, program, 16, 16);
        TileKernel kernel = new TileKernel(
                program, new DevicePolicy(TornadoTarget.GPU).blocks(new ProgramFacts(program), List.of(cuts)));
        IllegalSchedule e = assertThrows(IllegalSchedule.class, () -> DeviceScheduler.schedule(kernel));
        assertTrue(e.getMessage().contains("threads share j"), e.getMessage());
    }

    private static KernelSchedule cuts(BackwardPrograms programs, TileProgram program, int i, int j) {
        KernelSchedule cuts = KernelSchedule.NONE
                .with(FamilySchedules.cut(programs.axis("i"), i))
                .with(FamilySchedules.cut(programs.axis("j"), j));
        return each(each(cuts, program, programs.axis("g")), program, programs.axis("b"));
    }

    private static void check(Case at, TileProgram program, List<String> gradients, int i, int j) {
        TileVerifier.verify(program);
        ProgramFacts facts = new ProgramFacts(program);
        KernelSchedule cuts = cuts(at.programs, program, i, j);
        DevicePolicy policy = new DevicePolicy(at.target);
        TileKernel kernel = new TileKernel(program, policy.blocks(facts, List.of(cuts)));
        policy.verify(kernel, facts);
        SequencedMap<String, Buffer> outputs = new LinkedHashMap<>();
        gradients.forEach(name -> outputs.put(name, at.programs.gradient(name)));
        Map<Buffer, double[]> expected = drawn(at, outputs);
        new TileInterpreter(expected::get, at.lengths, Rounding.REAL, BlockChoice.drawn(new Random(at.seed)))
                .run(program);
        Map<Buffer, double[]> scheduled = drawn(at, outputs);
        ScheduledInterpreter.run(DeviceScheduler.schedule(kernel), scheduled::get, at.lengths);
        Plan plan = new Plan(
                "gradient",
                List.copyOf(at.lengths.keySet()),
                at.programs.inputs(),
                new LinkedHashMap<>(),
                List.of(),
                outputs,
                List.of(),
                launches(kernel, policy));
        Map<String, Tensor> inputs = new HashMap<>();
        at.programs.inputs().forEach((name, b) -> inputs.put(name, tensor(b, expected.get(b), at.lengths)));
        Program device = TestDevice.load(plan, at.target, Map.of());
        device.run(inputs, at.lengths);
        // Sums begin with zeros again.
        Map<String, Tensor> run = device.run(inputs, at.lengths);
        outputs.forEach((name, b) -> {
            compare(at, name + ", scheduled", expected.get(b), scheduled.get(b));
            double[] computed = new double[expected.get(b).length];
            for (int n = 0; n < computed.length; n++) {
                computed[n] = run.get(name).element(n);
            }
            compare(at, name + ", generated", expected.get(b), computed);
        });
    }

    /** Zeros before a kernel that adds to them, as lowering has it. */
    private static List<TileKernel> launches(TileKernel kernel, DevicePolicy policy) {
        List<TileKernel> launches = new ArrayList<>();
        for (Buffer sums : kernel.program().sums().keySet()) {
            MapFamily zeros = MapFamily.neutral(sums, Reduction.SUM);
            launches.add(new TileKernel(zeros.program("zeros", List.of()), policy.schedule(zeros)));
        }
        launches.add(kernel);
        return launches;
    }

    private static KernelSchedule each(KernelSchedule cuts, TileProgram program, Axis axis) {
        return program.loopOver(axis)
                .map(id -> cuts.with(new Choice.Cut(id, new Choice.Size.Each())))
                .orElse(cuts);
    }

    private static Map<Buffer, double[]> drawn(Case at, SequencedMap<String, Buffer> outputs) {
        Random random = new Random(at.seed);
        Map<Buffer, double[]> memory = new HashMap<>();
        at.programs.inputs().forEach((name, b) -> {
            double[] elements = zeros(b, at.lengths);
            for (int n = 0; n < elements.length; n++) {
                double value = random.nextGaussian();
                elements[n] = (float)
                        switch (name) {
                            // Of some queries no key has a weight.
                            case "sum" -> value < -1.2 ? 0 : 2 + Math.abs(value);
                            case "largest" -> 6 + value;
                            default -> value;
                        };
            }
            memory.put(b, elements);
        });
        outputs.forEach((name, b) -> memory.put(b, zeros(b, at.lengths)));
        return memory;
    }

    private static double[] zeros(Buffer buffer, Map<String, Long> lengths) {
        return new double[(int) buffer.type().shape().size().evaluate(lengths)];
    }

    private static Tensor tensor(Buffer buffer, double[] elements, Map<String, Long> lengths) {
        return Tensor.of(elements, buffer.type().shape().evaluate(lengths)).cast(DType.F32);
    }

    private static void compare(Case at, String what, double[] expected, double[] actual) {
        assertEquals(expected.length, actual.length);
        for (int n = 0; n < expected.length; n++) {
            double off = Math.abs(actual[n] - expected[n]);
            int element = n;
            assertTrue(
                    off <= CLOSE.absolute() + CLOSE.relative() * Math.abs(expected[n]),
                    () -> what + "[" + element + "] is " + actual[element] + ", not " + expected[element] + ", " + at);
        }
    }
}
