package heddle.runtime.jvm;

import heddle.compiler.backend.jvm.JvmTarget;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Options of the jvm target.
 *
 * @param target   lanes, registers and threads
 * @param classes  the directory where compiled classes are kept
 * @param version  of Heddle; classes of other versions are not used
 * @param warnings told, in one line, of what does not keep a run from succeeding
 */
public record JvmOptions(JvmTarget target, Path classes, String version, Consumer<String> warnings) {}
