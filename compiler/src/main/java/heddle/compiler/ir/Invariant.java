package heddle.compiler.ir;

import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A property that every graph must have.
 *
 * @param name       a few words, for example {@code operands come first}
 * @param violations what violates it, one sentence each
 */
public record Invariant(String name, Function<Graph, Stream<String>> violations) {}
