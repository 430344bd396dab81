package heddle.runtime.artifact;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file that a model's manifest names.
 *
 * @param name   a path, or {@code maven:group:artifact:version!/file}
 * @param sha256 what it has to hold, in hexadecimal digits; anything when absent
 */
public record DeclaredFile(String name, Optional<String> sha256) {
    private static final Pattern SUM = Pattern.compile("[0-9a-f]{64}");

    static boolean isSum(String text) {
        return SUM.matcher(text).matches();
    }
}
