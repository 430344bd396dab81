package heddle.runtime.file;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Says why files cannot be read or written, without the names of Java's exceptions and of temporary files. */
public final class FileFault {
    private static final String UNKNOWN = "input or output failed";

    private FileFault() {}

    /** A file's name in a message; an empty one would not be seen. */
    public static String shown(Object file) {
        String name = file.toString();
        return name.isEmpty() ? "\"\"" : name;
    }

    /** What the system says. */
    public static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "it does not exist";
            case FileAlreadyExistsException exists -> "it exists already";
            // Its message begins with the names of files, temporary ones among them.
            case FileSystemException other ->
                Optional.ofNullable(other.getReason()).orElse(UNKNOWN);
            default -> Optional.ofNullable(e.getMessage()).orElse(UNKNOWN);
        };
    }

    /** What to throw when a file could not be read. */
    public static DiagnosticException unreadable(Path file, IOException cause, DiagnosticCode code) {
        return new DiagnosticException(
                switch (cause) {
                    case NoSuchFileException missing -> Diagnostic.of(code, "there is no file " + shown(file));
                    case AccessDeniedException denied -> Diagnostic.of(code, "the file " + file + " may not be read");
                    default ->
                        Diagnostic.of(code, "the file " + file + " cannot be read")
                                .note(reason(cause));
                });
    }

    /**
     * Checks that a file can be written, so that nothing is computed in vain.
     *
     * @throws DiagnosticException when it cannot
     */
    public static void requireWritable(Path file) {
        Optional<Diagnostic> fault = ofFile(file);
        if (fault.isPresent()) {
            throw new DiagnosticException(fault.get());
        }
    }

    /**
     * The same for a directory in which files are to be written, which need not be there.
     *
     * @throws DiagnosticException when it can neither be used nor be made
     */
    public static void requireWritableDirectory(Path directory) {
        Optional<Diagnostic> fault = ofDirectory(directory);
        if (fault.isPresent()) {
            throw new DiagnosticException(fault.get());
        }
    }

    /** What to throw when a file or directory could not be written. */
    static DiagnosticException unwritable(Path file, IOException cause) {
        return new DiagnosticException(ofFile(file)
                .or(() -> AtomicFile.isDevice(file) ? Optional.empty() : ofDirectory(file))
                .filter(fault -> !Files.isDirectory(file) || !(cause instanceof FileAlreadyExistsException))
                .orElseGet(() -> fault(file, reason(cause))));
    }

    private static Optional<Diagnostic> ofFile(Path file) {
        if (file.toString().isEmpty()) {
            return Optional.of(fault(file, "the name is empty"));
        }
        if (Files.isDirectory(file)) {
            return Optional.of(fault(file, "it is a directory").hint("name a file in it"));
        }
        if (AtomicFile.isDevice(file)) {
            return Files.isWritable(file) ? Optional.empty() : Optional.of(fault(file, "you may not write to it"));
        }
        Path parent = file.toAbsolutePath().getParent();
        if (!Files.exists(parent)) {
            return Optional.of(fault(file, "the directory " + parentAsWritten(file) + " does not exist")
                    .hint("make the directory first, or name another one"));
        }
        return cannotHold(file, parent);
    }

    private static Optional<Diagnostic> ofDirectory(Path directory) {
        Path there = directory.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return cannotHold(directory, there);
    }

    /** Why a directory takes no new files. */
    private static Optional<Diagnostic> cannotHold(Path file, Path directory) {
        boolean itself = directory.equals(file.toAbsolutePath());
        if (!Files.isDirectory(directory)) {
            return Optional.of(fault(file, (itself ? "it" : directory) + " is a file, not a directory")
                    .hint("name another one"));
        }
        if (!Files.isWritable(directory)) {
            return Optional.of(fault(file, "you may not write to " + (itself ? "it" : "the directory " + directory))
                    .hint("name another one"));
        }
        return refused(file, directory);
    }

    /** Some directories, such as those of the kernel, take no files though nothing forbids it; what is made is removed at once. */
    private static Optional<Diagnostic> refused(Path file, Path directory) {
        try {
            Files.delete(Files.createTempFile(directory, ".heddle", ".tmp"));
            return Optional.empty();
        } catch (IOException e) {
            // The directory is there: what does not exist is the file that the system did not make.
            String why = e instanceof NoSuchFileException ? "" : ": " + reason(e);
            return Optional.of(fault(file, "the system makes no files in the directory " + directory + why)
                    .hint("name another one"));
        }
    }

    private static Path parentAsWritten(Path file) {
        return Optional.ofNullable(file.getParent())
                .orElseGet(() -> file.toAbsolutePath().getParent());
    }

    private static Diagnostic fault(Path file, String why) {
        return Diagnostic.of(RuntimeCode.FILE_UNWRITABLE, shown(file) + " cannot be written: " + why);
    }
}
