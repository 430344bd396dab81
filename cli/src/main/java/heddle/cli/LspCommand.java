package heddle.cli;

import heddle.cli.lsp.HeddleServer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code heddle lsp}: serves an editor. */
@Command(
        name = "lsp",
        description = {
            "Serves an editor: the language server protocol on standard input and output.",
            "Diagnostics as you type, types and shapes, definitions, completion, formatting, and above",
            "each attention what fusion saves or why it is declined."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The extension for VS Code in editors/vscode starts this command. docs/editors.md has others.",
            "",
            "Examples:",
            "  heddle lsp    what an editor starts"
        })
final class LspCommand implements Callable<Integer> {
    @ParentCommand
    private Main main;

    @Option(names = "--stdio", description = "Standard input and output, as without it; some editors say so.")
    private boolean stdio;

    @Override
    public Integer call() throws InterruptedException {
        // What is printed by accident would be read as a message.
        System.setOut(System.err);
        boolean orderly = HeddleServer.serve(main.in(), new FileOutputStream(FileDescriptor.out));
        return orderly ? ExitCode.DONE : ExitCode.WRONG_INPUT;
    }
}
