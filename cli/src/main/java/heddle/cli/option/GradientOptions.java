package heddle.cli.option;

import heddle.compiler.recompute.MemoryBudget;
import heddle.runtime.HeddleModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

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

    @Option(
            names = "--memory-budget",
            paramLabel = "BYTES",
            converter = Budget.class,
            description =
                    "The most memory that a run takes for all but inputs, weights and gradients: 512MB, 1.5GiB, or a part"
                            + " of what it takes without, such as 0.5. What does not fit is computed again in the backward pass.")
    private MemoryBudget budget;

    /** Reads a budget. */
    static final class Budget implements ITypeConverter<MemoryBudget> {
        @Override
        public MemoryBudget convert(String text) {
            return MemoryBudget.parse(text)
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + text + "' is no size, such as 512MB or 1.5GiB, and no part above 0 and up to 1"));
        }
    }

    /** The model with the gradients that are asked for, within the budget; the model itself when none are. */
    HeddleModel addTo(HeddleModel model) {
        HeddleModel asked = withoutBudget(model);
        return budget == null ? asked : asked.withMemoryBudget(budget);
    }

    /** The same for lengths that are not known, for which no budget can be kept. */
    HeddleModel withoutBudget(HeddleModel model) {
        if (loss == null && by != null) {
            throw new ParameterException(spec.commandLine(), "--wrt says by what to differentiate; add --grad");
        }
        return loss == null
                ? model
                : model.withGradients(
                        Optional.of(loss).filter(name -> !name.isEmpty()), by == null ? List.of() : List.copyOf(by));
    }

    /** Whether none of the options is given. */
    boolean isEmpty() {
        return loss == null && by == null && budget == null;
    }

    /** @throws ParameterException when one of the options is given */
    void refuse() {
        if (!isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--grad, --wrt and --memory-budget are not for "
                            + spec.commandLine().getCommandName() + ", which computes no gradients");
        }
    }

    /** Whether gradients are asked for. */
    public boolean isAsked() {
        return loss != null;
    }

    /** Keeps {@code --grad} from taking the file of a model or a report for the name of a loss. */
    static final class Loss implements IParameterPreprocessor {
        @Override
        public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
            boolean isOther = !args.isEmpty()
                    && (args.peek().matches(".*\\.(heddle|onnx|json|html?)")
                            || args.peek().startsWith("-"));
            if (isOther) {
                args.push("");
            }
            return false;
        }
    }
}
