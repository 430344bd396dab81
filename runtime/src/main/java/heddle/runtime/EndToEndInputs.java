package heddle.runtime;

import heddle.runtime.artifact.TextKeys;
import java.util.Optional;

/**
 * How a model takes texts that lie end to end in a row.
 *
 * @param segments  the input for the number of a token's text; absent when the model cannot tell texts apart
 * @param positions the input for the place of a token in its text; absent when it needs none
 * @param longest   the most tokens of a text that it has places for
 */
record EndToEndInputs(Optional<String> segments, Optional<String> positions, long longest) {
    /** As the model's manifest says. */
    static EndToEndInputs of(TextKeys keys) {
        return new EndToEndInputs(keys.segments(), keys.positions(), Long.MAX_VALUE);
    }
}
