package heddle.runtime.embed;

import java.util.Optional;

/**
 * A text of an input, one line.
 *
 * @param line its number, from 1
 * @param id   what the line calls itself, as JSON
 */
public record TextLine(long line, String text, Optional<String> id) {}
