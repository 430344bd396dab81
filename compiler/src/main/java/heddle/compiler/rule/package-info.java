/**
 * What rewrite rules are made of: what a rule decides ({@link heddle.compiler.ir.Outcome}), and ways to look at a graph.
 *
 * <p>An {@link heddle.compiler.rule.ElementReference} is one element of a value; comparing two shows whether two ways
 * through a graph lead to the same element. {@link heddle.compiler.rule.Probabilities} and {@link
 * heddle.compiler.rule.ProductSearch} follow a softmax down to the values and up to products.
 */
package heddle.compiler.rule;
