/**
 * Chooses which values of the forward pass are kept for the backward pass and which are computed again, so that a run stays
 * within a budget of memory.
 */
package heddle.compiler.recompute;
