package heddle.cli.option;

import heddle.cli.Terminal;
import heddle.cli.page.Inspected;
import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.Target;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The options that a model is compared with. Those of one side come before those of both. */
public final class SideOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin
    private LengthOptions lengths;

    @Mixin
    private MachineOption machine;

    @Mixin
    private GradientOptions gradients;

    /** The lengths that are fixed, by name. */
    public Map<String, Long> lengths() {
        return lengths.byName();
    }

    /**
     * Reads a model; warnings are printed.
     *
     * @param own   the options of its side
     * @param known lengths to take where neither side nor both have them and the model declares them
     */
    public HeddleModel model(Path file, SideOptions own, Map<String, Long> known) {
        Map<String, Long> fixed = new LinkedHashMap<>(known);
        if (!known.isEmpty()) {
            fixed.keySet()
                    .retainAll(Heddle.model(file).declaration().lengths().stream()
                            .map(l -> l.name())
                            .toList());
        }
        fixed.putAll(lengths());
        fixed.putAll(own.lengths());
        GradientOptions asked = own.gradients.isEmpty() ? gradients : own.gradients;
        HeddleModel model = asked.addTo(Heddle.model(file, fixed));
        Terminal.print(model.declaration().warnings(), spec.commandLine().getErr());
        return model;
    }

    private MachineOption machine(SideOptions own) {
        return own.machine.name().isPresent() ? own.machine : machine;
    }

    /** Compiles a model for the machine that is named. */
    private Compilation compilation(HeddleModel model, SideOptions own) {
        return machine(own)
                .policy()
                .map(policy -> model.compilation(Fusion.FUSED, policy))
                .orElseGet(() -> model.compilation(Fusion.FUSED));
    }

    /** What is compiled, to look at. */
    public Inspected inspected(HeddleModel model, SideOptions own) {
        String target = target(own).toString().toLowerCase(Locale.ROOT);
        Inspected seen = Inspected.of(model, compilation(model, own), target, model.fixedLengths());
        return machine(own).machine().map(seen::with).orElse(seen);
    }

    /** The target of that machine. */
    private Target target(SideOptions own) {
        return machine(own).target().orElse(Target.JVM);
    }
}
