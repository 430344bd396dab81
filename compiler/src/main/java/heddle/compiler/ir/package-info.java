/**
 * The graph: nodes, values, types, its text form and drawings, and the tools that passes use.
 *
 * <p>A {@link Graph} is immutable. A pass makes a new graph with a {@link Rewriter}, and a {@link Verifier} checks it.
 */
package heddle.compiler.ir;
