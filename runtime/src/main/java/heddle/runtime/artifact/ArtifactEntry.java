package heddle.runtime.artifact;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file inside a Maven artefact, written {@code maven:group:artifact:version!/path/in/the.jar}.
 *
 * @param entry path inside the jar, without a leading slash
 */
public record ArtifactEntry(String group, String artifact, String version, String entry) {
    private static final Pattern FORM =
            Pattern.compile("maven:([\\w.-]+):([\\w.-]+):([\\w.-]+)!/((?:(?!\\.\\./)[^/]+/)*(?!\\.\\.$)[^/]+)");

    /** Whether a text is meant as a reference to an artefact rather than as a file's name. */
    public static boolean isMeantBy(String text) {
        return text.startsWith("maven:");
    }

    /** The reference a text is, or empty when it is not one; {@code ..} does not occur in the path. */
    public static Optional<ArtifactEntry> parse(String text) {
        Matcher m = FORM.matcher(text);
        return m.matches()
                ? Optional.of(new ArtifactEntry(m.group(1), m.group(2), m.group(3), m.group(4)))
                : Optional.empty();
    }

    /** {@code group:artifact:version}. */
    public String coordinates() {
        return group + ":" + artifact + ":" + version;
    }

    @Override
    public String toString() {
        return "maven:" + coordinates() + "!/" + entry;
    }
}
