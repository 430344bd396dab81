package heddle.tests.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.machine.Processor;
import heddle.runtime.HeddleModel;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.tests.TensorArrays;
import heddle.tests.fusion.Draw;
import java.nio.file.Path;
import java.util.Map;

/**
 * Results of plans for a processor, held against the model as written in double precision.
 *
 * @param classes where generated classes are kept
 */
record ProcessorResults(Processor processor, Path classes, long seed) {
    /** @param place what a failure is told with */
    void check(HeddleModel model, Plan plan, Map<String, Tensor> weights, Map<String, Long> lengths, String place) {
        Map<String, Tensor> inputs = Draw.USUAL.inputs(model, lengths, seed);
        JvmProgram program = JvmProgram.load(plan, weights, new JvmOptions(processor, classes, "test", w -> {}));
        Map<String, Tensor> results = program.run(inputs, lengths);
        Map<String, NdArray> expected = new Interpreter(TensorArrays.of(inputs), TensorArrays.of(weights), lengths)
                .run(model.declaration().graph());
        expected.forEach((output, array) -> {
            double[] data = array.data();
            for (int i = 0; i < data.length; i++) {
                double got = results.get(output).element(i);
                int at = i;
                assertTrue(
                        Math.abs(got - data[i]) <= 2e-4 * (1 + Math.abs(data[i])),
                        () -> place + ": " + output + "[" + at + "] is " + got + ", expected " + data[at] + ", seed "
                                + seed);
            }
        });
    }
}
