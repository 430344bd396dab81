package heddle.compiler.ir;

import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Something that is true of every graph.
 *
 * @param name       a few words, for example {@code operands come first}
 * @param violations where it is not, one sentence each
 */
public record Invariant(String name, Function<Graph, Stream<String>> violations) {}
