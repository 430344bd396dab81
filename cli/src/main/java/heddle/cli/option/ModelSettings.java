package heddle.cli.option;

import heddle.cli.Terminal;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The options that say how models are read. */
public final class ModelSettings {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Mixin
    private LengthOptions lengths;

    @Mixin
    private GradientOptions gradients;

    /** The lengths that are fixed, by name. */
    public Map<String, Long> lengths() {
        return lengths.byName();
    }

    /** Reads and checks a model; warnings are printed. */
    public HeddleModel model(String name) {
        PrintWriter err = spec.commandLine().getErr();
        HeddleModel model = gradients.addTo(Heddle.model(ModelName.source(name, err), lengths.byName()));
        Terminal.print(model.declaration().warnings(), err);
        return model;
    }

    void refuseGradients() {
        gradients.refuse();
    }

    /** Whether the options ask for gradients. */
    public boolean asksForGradients() {
        return gradients.isAsked();
    }

    /** A model with all lengths open, and no budget for what depends on them; empty when it is one for some lengths alone. */
    public Optional<HeddleModel> open(HeddleModel model) {
        try {
            return Optional.of(gradients.withoutBudget(Heddle.model(model.source(), Map.of())));
        } catch (DiagnosticException e) {
            return Optional.empty();
        }
    }
}
