package heddle.cli.option;

import heddle.runtime.HeddleModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that ask for gradients. */
public final class GradientOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--grad",
            arity = "0..1",
            paramLabel = "LOSS",
            fallbackValue = "",
            preprocessor = Loss.class,
            description =
                    "Also compute the gradients of an output that is one float; without a name, of the only one. Their"
                            + " names are grad.NAME.")
    private String loss;

    @Option(
            names = "--wrt",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Weights and inputs to differentiate by, joined by commas; all weights of floats when left out.")
    private List<String> by;

    /** The model with the gradients that are asked for; the model itself when none are. */
    HeddleModel addTo(HeddleModel model) {
        if (loss == null && by != null) {
            throw new ParameterException(spec.commandLine(), "--wrt says by what to differentiate; add --grad");
        }
        return loss == null
                ? model
                : model.withGradients(
                        Optional.of(loss).filter(name -> !name.isEmpty()), by == null ? List.of() : List.copyOf(by));
    }

    /** Whether gradients are asked for. */
    public boolean isAsked() {
        return loss != null;
    }

    /** Keeps {@code --grad} from taking the model's file for the name of a loss. */
    static final class Loss implements IParameterPreprocessor {
        @Override
        public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
            boolean isOther = !args.isEmpty()
                    && (args.peek().endsWith(".heddle") || args.peek().startsWith("-"));
            if (isOther) {
                args.push("");
            }
            return false;
        }
    }
}
