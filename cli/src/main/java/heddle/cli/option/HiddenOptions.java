package heddle.cli.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options that come with a group of others, and that a command refuses: its help does not show them. */
public final class HiddenOptions {
    private static final List<String> MACHINE = List.of("--machine");
    private static final List<String> GRADIENTS = List.of("--grad", "--wrt", "--memory-budget");
    private static final List<String> BOTH = joined(MACHINE, GRADIENTS);

    private static final Map<String, List<String>> OF = Map.of(
            "run", MACHINE,
            "verify", MACHINE,
            "bench", MACHINE,
            "tune", MACHINE,
            "train", List.of("--machine", "--grad", "--wrt"),
            "attend", GRADIENTS,
            "generate", BOTH,
            "embed", BOTH);

    private HiddenOptions() {}

    private static List<String> joined(List<String> some, List<String> others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(others);
        return List.copyOf(all);
    }

    /** Hides them in the help of each command. */
    public static void hide(CommandLine commands) {
        OF.forEach((command, options) -> {
            CommandSpec spec = commands.getSubcommands().get(command).getCommandSpec();
            for (String name : options) {
                OptionSpec option = spec.findOption(name);
                spec.remove(option);
                spec.addOption(option.toBuilder().hidden(true).build());
            }
        });
    }
}
