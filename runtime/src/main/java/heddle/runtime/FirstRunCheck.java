package heddle.runtime;

import heddle.compiler.Compilation;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.code.ClassCache;
import heddle.runtime.code.SourceUnit;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.TornadoCode;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Judgement;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import heddle.runtime.verify.Verdict;
import heddle.runtime.verify.Verification;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A program on a device whose first run is compared with the jvm target, once for each plan, SDK, device and choice of
 * lengths.
 */
final class FirstRunCheck extends CheckedProgram {
    private static final String FACT = "first run compared with the jvm target";

    private final Supplier<Program> reference;
    private final HeddleModel model;
    private final Compilation compilation;
    private final Function<Map<String, Tensor>, Verification> verification;
    private final ClassCache cache;
    private final List<String> place;

    /** Loading it takes longer than a run; memory that is short has it loaded again. */
    private SoftReference<Program> loaded = new SoftReference<>(null);

    /**
     * @param reference    loads the same model for the jvm target
     * @param compilation  what the program was made from
     * @param verification judges results for some inputs where the targets differ
     * @param cache        keeps what has passed
     * @param place        the SDK, the device and its driver
     */
    FirstRunCheck(
            Program program,
            Supplier<Program> reference,
            HeddleModel model,
            Compilation compilation,
            Function<Map<String, Tensor>, Verification> verification,
            ClassCache cache,
            List<String> place) {
        super(program);
        this.reference = reference;
        this.model = model;
        this.compilation = compilation;
        this.verification = verification;
        this.cache = cache;
        this.place = List.copyOf(place);
    }

    @Override
    protected void check(Map<String, Tensor> outputs, Map<String, Tensor> inputs, Map<String, Long> lengths) {
        SourceUnit run = run(lengths);
        if (!cache.isNoted(run, FACT)) {
            compare(outputs, loaded().run(inputs, lengths), inputs);
            cache.note(run, FACT);
        }
    }

    /** What the cache knows a run by. */
    private SourceUnit run(Map<String, Long> lengths) {
        List<String> options = new ArrayList<>(place);
        options.add(new TreeMap<>(lengths).toString());
        return new SourceUnit("", text(), options);
    }

    private Program loaded() {
        Program found = loaded.get();
        if (found == null) {
            found = reference.get();
            loaded = new SoftReference<>(found);
        }
        return found;
    }

    /** Where targets differ, the model decides: one that its types leave inexact may well give either. */
    private void compare(Map<String, Tensor> outputs, Map<String, Tensor> expected, Map<String, Tensor> inputs) {
        Verification judge = null; // Its reference takes long: made once, and only where outputs differ.
        for (Map.Entry<String, Tensor> output : expected.entrySet()) {
            String name = output.getKey();
            Tolerance tolerance = Tolerance.of(name, model.declaration());
            Comparison c = Comparison.of(outputs.get(name), Reference.array(output.getValue()), tolerance);
            if (c.within()) {
                continue;
            }
            judge = judge == null ? verification.apply(inputs) : judge;
            Judgement judgement = judge.judge(name, outputs.get(name), tolerance, compilation);
            if (judgement.verdict() == Verdict.WRONG) {
                throw differs(name, c);
            }
        }
    }

    private static DiagnosticException differs(String output, Comparison c) {
        return new DiagnosticException(Diagnostic.of(
                        TornadoCode.OUTPUTS_DIFFER, "the output " + output + " is not what the jvm target computes")
                .note(String.format(
                        Locale.ROOT, "at %s it is %.9g, should be %.9g", Arrays.toString(c.worst()), c.got(), c.want()))
                .hint("a driver compiled a kernel wrongly, or this is a bug in Heddle:"
                        + " `heddle verify --target tornado` says more"));
    }
}
