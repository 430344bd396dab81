/** Fused attention as an operation of the graph: its definition over elements of tensors, its meaning, its results. */
package heddle.compiler.op.attention;
