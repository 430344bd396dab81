package heddle.cli;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.ir.NdArray;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.HeddleModel;
import heddle.runtime.Target;
import heddle.runtime.TargetOptions;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle verify}: compares generated code with the reference. */
@Command(
        name = "verify",
        description = "Runs a model fused and unfused, on the JVM and, where there is one, on a device, and compares"
                + " every element with a reference in double precision. Inputs that are not given are random.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Tolerances, |got - want| <= A * S + R * |want|: f32 A 2e-5 R 1e-4, f64 1e-10 1e-10, f16 2e-3 4e-3,",
            "bf16 2e-2 3e-2, integers and bools exact. S is the root mean square of the output, at least 1; floats",
            "are held to the coarsest type that is computed on the way to them. Exit code 5 when an element is",
            "beyond its tolerance.",
            "",
            "Examples:",
            "  heddle verify examples/minilm.heddle --text 'The bank is near the river'",
            "  heddle verify examples/minilm.heddle -D B=2 -D N=17 --weights random"
        })
final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ExecutionOptions execution;

    @Mixin
    private InputOptions inputs;

    @Mixin
    private TargetOption target;

    @Option(names = "--atol", paramLabel = "A", description = "The absolute part of the tolerance.")
    private Double absolute;

    @Option(names = "--rtol", paramLabel = "R", description = "The relative part of the tolerance.")
    private Double relative;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        CompileOptions options = execution.options().withTarget(target.options());
        HeddleModel declared = model.model();
        SequencedMap<String, Tensor> given = inputs.tensors(declared, options, true);
        SequencedMap<String, Tensor> weights = declared.weights(options);
        SequencedMap<String, NdArray> reference = Reference.run(declared, weights, given);
        boolean within = true;
        out.printf("%-8s  %-8s  %-16s  %10s  %10s  worst element%n", "", "", "output", "max abs", "max rel");
        for (TargetOptions where : options.everyTarget()) {
            for (Fusion fusion : Fusion.values()) {
                CompiledModel compiled =
                        declared.compile(weights, options.withTarget(where).withFusion(fusion));
                Map<String, Tensor> results = compiled.run(given);
                for (var output : reference.entrySet()) {
                    Tensor result = results.get(output.getKey());
                    Comparison c = Comparison.of(result, output.getValue(), tolerance(output.getKey(), declared));
                    within &= c.within();
                    print(where.target(), fusion, output.getKey(), c, out);
                }
            }
        }
        out.println(within ? "all within tolerance" : "beyond tolerance");
        return within ? ExitCode.DONE : ExitCode.VERIFY_FAILED;
    }

    private Tolerance tolerance(String output, HeddleModel declared) {
        Tolerance usual = Tolerance.of(output, declared.declaration().graph());
        return new Tolerance(
                absolute == null ? usual.absolute() : absolute, relative == null ? usual.relative() : relative);
    }

    private static void print(Target target, Fusion fusion, String output, Comparison c, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%-8s  %-8s  %-16s  %10.2e  %10.2e  %s is %.9g, should be %.9g%s%n",
                target.name().toLowerCase(Locale.ROOT),
                fusion.name().toLowerCase(Locale.ROOT),
                output,
                c.absolute(),
                c.relative(),
                Arrays.toString(c.worst()),
                c.got(),
                c.want(),
                c.within() ? "" : "  BEYOND TOLERANCE");
    }
}
