package heddle.cli.option;

import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Npy;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that say where the results of a run go. */
public final class OutputOptions {
    private static final String NAME = "--output";
    private static final String ONE = ".npy";
    private static final String ALL = ".safetensors";

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = NAME,
            paramLabel = "[NAME=]FILE",
            converter = FileName.class,
            description =
                    "Writes one output to an .npy file, or all of them to a .safetensors file; repeat it for more.")
    private List<String> options = new ArrayList<>();

    private ImportedNames imported;

    public boolean isEmpty() {
        return options.isEmpty();
    }

    /**
     * Checks, before the model runs, that its outputs can be written.
     *
     * @param files all that the command writes; those of this option are added
     * @throws ParameterException for a format that is not written, and an output that is not there
     */
    public void check(HeddleModel model, OutputFiles files) {
        List<String> outputs =
                model.declaration().outputs().stream().map(o -> o.name()).toList();
        imported = ImportedNames.ofOutputs(model);
        Map<String, String> given = new HashMap<>();
        for (String option : options) {
            if (!endsIn(option, ONE) && !endsIn(option, ALL)) {
                throw wrong(option, "ends in neither " + ONE + " nor " + ALL);
            }
            if (endsIn(option, ALL)) {
                requireAll(option, outputs);
            } else {
                requireOne(option, outputs);
                requireOnce(given, name(option, outputs), option);
            }
            files.add(NAME, file(option));
        }
    }

    private void requireAll(String option, List<String> outputs) {
        int sign = option.indexOf('=');
        if (sign >= 0 && outputs.contains(name(option, outputs))) {
            throw wrong(
                    option,
                    "names one output; a " + ALL + " file takes all, so leave out " + option.substring(0, sign + 1));
        }
    }

    private void requireOne(String option, List<String> outputs) {
        boolean known = option.indexOf('=') < 0 ? outputs.size() == 1 : outputs.contains(name(option, outputs));
        if (!known) {
            int sign = option.indexOf('=');
            String meant = (sign < 0 ? Optional.<String>empty() : Suggest.closest(option.substring(0, sign), outputs))
                    .map(name -> "; did you mean " + name + "=?")
                    .orElse("");
            throw wrong(
                    option,
                    "should begin with "
                            + outputs.stream().map(n -> n + "=").collect(Collectors.joining(", ", "one of ", ""))
                            + (outputs.size() > 1 ? "; a file that ends in " + ALL + " takes all outputs" : "")
                            + meant);
        }
    }

    private void requireOnce(Map<String, String> given, String output, String option) {
        String before = given.putIfAbsent(output, option);
        if (before != null) {
            String message = NAME + " gives " + output + " twice: " + before + " and " + option;
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private ParameterException wrong(String option, String what) {
        return new ParameterException(spec.commandLine(), NAME + " " + option + " " + what);
    }

    public void write(Map<String, Tensor> results) {
        for (String option : options) {
            if (endsIn(option, ALL)) {
                Safetensors.write(new LinkedHashMap<>(results), file(option));
            } else {
                Npy.write(results.get(name(option, List.copyOf(results.keySet()))), file(option));
            }
        }
    }

    /** The output that an option names, or the only one. */
    private String name(String option, List<String> outputs) {
        int sign = option.indexOf('=');
        return sign < 0 ? outputs.getFirst() : imported.known(option.substring(0, sign));
    }

    /** The file of an option. One for all outputs has no name before it, so its path may hold an equals sign. */
    private static Path file(String option) {
        return Path.of(endsIn(option, ALL) ? option : option.substring(option.indexOf('=') + 1));
    }

    private static boolean endsIn(String option, String ending) {
        return option.toLowerCase(Locale.ROOT).endsWith(ending);
    }
}
