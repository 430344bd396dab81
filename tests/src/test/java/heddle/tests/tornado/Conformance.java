package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.type.DType;
import heddle.runtime.PlanLoader;
import heddle.runtime.Program;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A graph compiled for a kind of device, whose results are held against the interpreter's.
 *
 * @param name  what failures say
 * @param graph as written
 */
public record Conformance(String name, Graph graph, Map<String, Tensor> weights, Program program) {
    /** Whether a real device computes the results. */
    public static boolean isReal() {
        return TestDevice.REAL;
    }

    /** Whether models run on a device of an SDK, not on the double. */
    public static boolean isOnRealDevice() {
        return TestDevice.REAL;
    }

    /** Whether to run what takes minutes: on a real device, and where {@code -Dheddle.conformance=all} asks for it. */
    public static boolean takesAll() {
        return isReal() || "all".equals(System.getProperty("heddle.conformance"));
    }

    /** For the limits that every device of that kind keeps. */
    public static Conformance of(Graph graph, Fusion fusion, TornadoTarget limits, Map<String, Tensor> weights) {
        return of(
                graph,
                Compiler.compile(graph, fusion, new DevicePolicy(limits), Set.of())
                        .plan(),
                fusion,
                limits,
                weights);
    }

    /** With schedules that a policy makes. */
    public static Conformance of(Graph graph, SchedulePolicy policy, TornadoTarget target) {
        Plan plan = Compiler.compile(graph, Fusion.FUSED, policy, Set.of()).plan();
        return of(graph, plan, Fusion.FUSED, target, Map.of());
    }

    /** A graph whose attention is fused already. */
    public static Conformance ofFused(Graph graph, TornadoTarget limits, Map<String, Tensor> weights) {
        return of(graph, Lower.fused(graph, new DevicePolicy(limits)).plan(), Fusion.FUSED, limits, weights);
    }

    private static Conformance of(
            Graph graph, Plan plan, Fusion fusion, TornadoTarget limits, Map<String, Tensor> weights) {
        String name = graph.name() + "_" + limits.device().name() + "_"
                + fusion.name().toLowerCase(Locale.ROOT);
        return new Conformance(name, graph, weights, TestDevice.load(named(plan, name), limits, weights));
    }

    /** Runs plans on the double of a device, or on the real one. */
    public static PlanLoader loader(TornadoTarget target) {
        return new PlanLoader() {
            private int plans;

            @Override
            public SchedulePolicy policy() {
                return new DevicePolicy(target);
            }

            @Override
            public Program load(Plan plan, Map<String, Tensor> weights) {
                String name = plan.name() + "_" + target.device().name() + "_" + plans++;
                return TestDevice.load(named(plan, name), target, weights);
            }
        };
    }

    /** Classes of one name would need a JVM each. */
    private static Plan named(Plan p, String name) {
        return new Plan(
                name, p.lengths(), p.inputs(), p.weights(), p.constants(), p.outputs(), p.prepare(), p.launches());
    }

    /** Runs and compares; {@code place} says with what. */
    public void check(Map<String, Tensor> inputs, Map<String, Long> lengths, String place) {
        check(inputs, lengths, place, (output, type) -> Tolerance.of(output, graph));
    }

    /** Runs and compares every output within the tolerance for its name and type. */
    public void check(
            Map<String, Tensor> inputs,
            Map<String, Long> lengths,
            String place,
            BiFunction<String, DType, Tolerance> tolerance) {
        compare(
                new Interpreter(TensorArrays.of(inputs), TensorArrays.of(weights), lengths).run(graph),
                inputs,
                lengths,
                place,
                tolerance);
    }

    /** Runs and compares with what is known to be right. */
    public void compare(
            Map<String, NdArray> expected,
            Map<String, Tensor> inputs,
            Map<String, Long> lengths,
            String place,
            BiFunction<String, DType, Tolerance> tolerance) {
        Map<String, Tensor> results = program.run(inputs, lengths);
        assertEquals(expected.keySet(), results.keySet(), name);
        List<String> wrong = new ArrayList<>();
        expected.forEach((output, array) -> {
            Arrays.setAll(array.data(), i -> array.dtype().nearest(array.data()[i]));
            Tensor result = results.get(output);
            Comparison c = Comparison.of(result, array, tolerance.apply(output, result.dtype()));
            if (!c.within()) {
                wrong.add(output + Arrays.toString(c.worst()) + " is " + c.got() + ", not " + c.want());
            }
        });
        assertEquals(List.of(), wrong, () -> name + ", " + place);
    }
}
