/**
 * Heddle as a library: read a model, compile it, run it. This package is what programs should use; all others are the
 * insides of Heddle and change without notice. What is public here mentions no type from outside this package and Java.
 *
 * <p>Everything here keeps its meaning and its signature within a minor version, and what is removed was deprecated for
 * at least one minor version before. What is marked {@link heddle.api.Experimental} may change in any minor version.
 *
 * <pre>{@code
 * CompiledModel minilm = Heddle.model(Path.of("minilm.heddle")).compile();
 * Tensor vectors = minilm.run(List.of("The bank is near the river")).get("embedding");
 * }</pre>
 *
 * @since 0.2
 */
package heddle.api;
