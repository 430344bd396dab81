/**
 * Turns parsed files into a graph: resolves names, evaluates compile-time values and calls, checks shapes, and reports
 * mistakes.
 */
package heddle.compiler.frontend;
