/**
 * Training: AdamW on the gradients that a plan computes, batches from a file of bytes or tokens, checkpoints that resume to
 * the same bits. Nothing here depends on the number of threads, nor on the time.
 */
package heddle.runtime.train;
