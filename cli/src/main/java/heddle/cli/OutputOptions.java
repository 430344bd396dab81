package heddle.cli;

import heddle.runtime.tensor.Npy;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that say where the results of a run go. */
final class OutputOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "[NAME=]FILE",
            description =
                    "Writes one output to an .npy file, or all of them to a .safetensors file; repeat it for more.")
    private List<String> files = new ArrayList<>();

    boolean isEmpty() {
        return files.isEmpty();
    }

    /** @throws ParameterException for a file of a format that is not written */
    void check() {
        for (String file : files) {
            if (!file.endsWith(".npy") && !file.endsWith(".safetensors")) {
                throw new ParameterException(
                        spec.commandLine(), "--output " + file + " ends in neither .npy nor .safetensors");
            }
        }
    }

    void write(Map<String, Tensor> results) {
        for (String file : files) {
            if (file.endsWith(".safetensors")) {
                Safetensors.write(new LinkedHashMap<>(results), Path.of(file));
            } else {
                writeOne(file, results);
            }
        }
    }

    private void writeOne(String file, Map<String, Tensor> results) {
        int sign = file.indexOf('=');
        String name = sign < 0 ? results.keySet().iterator().next() : file.substring(0, sign);
        boolean known = sign < 0 ? results.size() == 1 : results.containsKey(name);
        if (!known) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--output " + file + " should begin with one of "
                            + String.join(
                                    ", ",
                                    results.keySet().stream().map(n -> n + "=").toList()));
        }
        Npy.write(results.get(name), Path.of(file.substring(sign + 1)));
    }
}
