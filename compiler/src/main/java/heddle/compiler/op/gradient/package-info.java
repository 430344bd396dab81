/**
 * Gradients of operations: what an operation gives its operands, and the operations that only gradients need. The pass that
 * runs through a graph is in {@link heddle.compiler.gradient}.
 */
package heddle.compiler.op.gradient;
