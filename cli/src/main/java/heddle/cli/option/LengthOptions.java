package heddle.cli.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The lengths a model is read with. */
public final class LengthOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "-D",
            paramLabel = "NAME=LENGTH",
            converter = Assignment.Converter.class,
            description = "Fixes a length that the model declares with dim, for example -D N=512.")
    private List<Assignment> lengths = new ArrayList<>();

    public Map<String, Long> byName() {
        return Assignment.byName(spec, "-D", lengths, this::length);
    }

    private long length(Assignment a) {
        try {
            return OptionNumbers.whole(a.value(), 0, Integer.MAX_VALUE);
        } catch (TypeConversionException e) {
            throw new ParameterException(spec.commandLine(), "-D " + a.name() + ": " + e.getMessage());
        }
    }
}
