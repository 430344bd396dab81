package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.Plan;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.tests.tornado.Conformance;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A small model with an output {@code y}: its inputs, what it means as written, and what its compiled form gives. */
final class Computed {
    private final Model model;
    private final Compilation compilation;
    private final Path classes;
    private final Map<String, NdArray> inputs = new LinkedHashMap<>();
    private final Map<String, Long> lengths = new LinkedHashMap<>();

    Computed(Path classes, String... lines) {
        SourceFile file = new SourceFile("numerics.heddle", String.join("\n", lines));
        this.classes = classes;
        this.model = Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
        this.compilation = Compiler.compile(model.graph(), Fusion.FUSED);
    }

    /** Binds a length. */
    Computed at(String symbol, long length) {
        lengths.put(symbol, length);
        return this;
    }

    /** Gives an input, whose lengths are known or bound, its elements in row-major order. */
    Computed with(String input, double... elements) {
        var type = model.inputs().stream()
                .filter(d -> d.name().equals(input))
                .findFirst()
                .orElseThrow()
                .type();
        inputs.put(input, new NdArray(type.dtype(), type.shape().evaluate(lengths), elements));
        return this;
    }

    /** Asserts that there is one attention and that it is fused. */
    Computed fused() {
        return fused(1);
    }

    /** Asserts how many attentions there are, all of them fused. */
    Computed fused(int count) {
        assertEquals(
                count, compilation.report().fused().size(), compilation.report().toString());
        return this;
    }

    /** The kernels of the jvm target. */
    Plan plan() {
        return compilation.plan();
    }

    /** Asserts what the reference has. */
    Computed written(double... expected) {
        assertArrayEquals(expected, reference(), 1e-5, "as it is written");
        return this;
    }

    /** Asserts what the generated code gives. */
    Computed compiled(double... expected) {
        assertArrayEquals(expected, run(2), 1e-5, "compiled");
        return this;
    }

    /** Asserts that both are these. */
    void gives(double... expected) {
        written(expected).compiled(expected);
    }

    /** Asserts that the reference, and fused and unfused code for each target, give these. */
    void givesEverywhere(double... expected) {
        written(expected);
        for (Fusion fusion : Fusion.values()) {
            assertArrayEquals(expected, run(fusion, 2), 1e-5, fusion + " on the jvm");
            assertArrayEquals(expected, onDevice(fusion), 1e-5, fusion + " on a device");
        }
    }

    private double[] onDevice(Fusion fusion) {
        return elements(Conformance.of(model.graph(), fusion, TornadoTarget.GPU, Map.of())
                .program()
                .run(tensors(), lengths)
                .get("y"));
    }

    /** What the reference has. */
    double[] reference() {
        return new Interpreter(inputs, Map.of(), lengths)
                .run(model.meaning())
                .get("y")
                .data();
    }

    /** What the generated code gives on so many threads. */
    double[] run(int threads) {
        return run(Fusion.FUSED, threads);
    }

    private double[] run(Fusion fusion, int threads) {
        JvmOptions options = new JvmOptions(JvmPlatform.target(threads), classes, "test", warning -> {});
        var plan = fusion == Fusion.FUSED
                ? compilation.plan()
                : Compiler.compile(model.graph(), fusion).plan();
        return elements(
                JvmProgram.load(plan, Map.of(), options).run(tensors(), lengths).get("y"));
    }

    private Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        inputs.forEach(
                (name, a) -> tensors.put(name, Tensor.of(a.data(), a.shape()).cast(a.dtype())));
        return tensors;
    }

    private static double[] elements(Tensor tensor) {
        double[] elements = new double[tensor.size()];
        Arrays.setAll(elements, tensor::element);
        return elements;
    }
}
