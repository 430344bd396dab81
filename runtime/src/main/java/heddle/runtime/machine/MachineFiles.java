package heddle.runtime.machine;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.jr.ob.JSON;
import heddle.compiler.schedule.machine.Machine;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.RuntimeCode;
import heddle.runtime.SourceReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Finds machine files: those that ship with Heddle by name, others by path. */
public final class MachineFiles {
    /** The machines that ship with Heddle, processors first. */
    public static final List<String> NAMES = List.of("avx512", "xeon", "avx2", "neon", "h100", "rx7900", "arc");

    private static final String ENDING = ".json";

    private MachineFiles() {}

    /**
     * The machine that a name or a path stands for. A file of that path comes first.
     *
     * @throws DiagnosticException with {@link RuntimeCode#MACHINE} when there is none, or the file is wrong
     */
    public static Machine find(String nameOrPath) {
        Path file = Path.of(nameOrPath);
        if (Files.isRegularFile(file)) {
            return of(nameOrPath, SourceReader.read(file).text());
        }
        String name = nameOrPath.endsWith(ENDING)
                ? nameOrPath.substring(0, nameOrPath.length() - ENDING.length())
                : nameOrPath;
        if (NAMES.contains(name)) {
            return of(name + ENDING, shipped(name));
        }
        Diagnostic problem = Diagnostic.of(
                        RuntimeCode.MACHINE, "there is no machine " + nameOrPath + ", and no file of that name")
                .note("the machines that ship with Heddle are " + String.join(", ", NAMES));
        throw new DiagnosticException(Suggest.closest(name, NAMES)
                .map(n -> problem.hint("did you mean " + n + "?"))
                .orElse(problem));
    }

    /** The text of a machine file that ships with Heddle. @param name one of {@link #NAMES} */
    static String shipped(String name) {
        try (InputStream in = MachineFiles.class.getResourceAsStream(name + ENDING)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the machine " + name + " is missing from the jar", e);
        }
    }

    /** The machine that a text describes. @param name of the file, for messages */
    static Machine of(String name, String text) {
        try {
            if (JSON.std.anyFrom(text) instanceof Map<?, ?>) {
                return new MachineFields(name, JSON.std.mapFrom(text)).machine();
            }
            throw noObject(name, "an object stands in braces: {\"kind\": \"processor\", ...}");
        } catch (JacksonException e) {
            throw noObject(name, reason(e));
        } catch (IOException e) {
            throw noObject(name, e.getMessage());
        }
    }

    /** What the parser says, without its words for a place, and the place. */
    private static String reason(JacksonException e) {
        String message = e.getOriginalMessage().lines().findFirst().orElse("").replaceFirst(" \\(start marker.*", "");
        JsonLocation place = e.getLocation();
        return place == null
                ? message
                : "line " + place.getLineNr() + ", column " + place.getColumnNr() + ": " + message;
    }

    private static DiagnosticException noObject(String name, String why) {
        return new DiagnosticException(Diagnostic.of(RuntimeCode.MACHINE, name + " is not one object of JSON")
                .note(why)
                .hint("docs/schedules.md has an example"));
    }
}
