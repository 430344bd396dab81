/**
 * Compares two reports of {@code inspect}: which nodes are the same, which attentions are no longer fused and why, and what
 * kernels, memory and work became. A compiled model and a file kept from earlier are read in one way, from the sections of their
 * reports.
 */
package heddle.cli.compare;
