/**
 * Turns a graph into kernels: decides what is stored, what one kernel computes, and where intermediate results lie.
 */
package heddle.compiler.schedule;
