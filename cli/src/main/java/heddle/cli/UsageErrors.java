package heddle.cli;

import heddle.dsl.diagnostic.Suggest;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports what is wrong with a command line, and what was probably meant. */
final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        String name = command.getCommandSpec().qualifiedName();
        err.println(name + ": " + message(e));
        meant(e).ifPresent(m -> err.println("did you mean " + m + "?"));
        err.println("try " + name + " --help");
        return ExitCode.USAGE;
    }

    private static String message(ParameterException e) {
        if (e instanceof UnmatchedArgumentException u) {
            String first = u.getUnmatched().getFirst();
            boolean commandWanted = !e.getCommandLine().getSubcommands().isEmpty();
            return (u.isUnknownOption()
                            ? "unknown option "
                            : commandWanted ? "unknown command " : "unexpected argument ")
                    + first;
        }
        String text = e.getMessage().replace("option option", "option");
        return Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    private static Optional<String> meant(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException u)) {
            return word(e);
        }
        CommandLine command = e.getCommandLine();
        Collection<String> known = u.isUnknownOption()
                ? command.getCommandSpec().optionsMap().keySet()
                : command.getSubcommands().keySet();
        return Suggest.closest(u.getUnmatched().getFirst(), known);
    }

    /** The word that was meant, of an option that takes one of several. */
    private static Optional<String> word(ParameterException e) {
        List<String> words = new ArrayList<>();
        if (e.getArgSpec() != null && e.getArgSpec().completionCandidates() != null) {
            e.getArgSpec().completionCandidates().forEach(words::add);
        }
        String given = Objects.requireNonNullElse(e.getValue(), "");
        return Stream.of(given.split(","))
                .filter(part -> words.stream().noneMatch(part::equalsIgnoreCase))
                .flatMap(part -> Suggest.closest(part, words).stream())
                .map(word -> word.toLowerCase(Locale.ROOT))
                .findFirst();
    }
}
