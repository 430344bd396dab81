/**
 * The graph: nodes, values, types, and the tools that passes use. Packages within have its text form and drawings.
 *
 * <p>A {@link Graph} is immutable. A pass makes a new graph with a {@link Rewriter}, and a {@link Verifier} checks it.
 */
package heddle.compiler.ir;
