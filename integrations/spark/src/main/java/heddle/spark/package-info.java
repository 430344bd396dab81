/**
 * Vectors of texts in Apache Spark. The driver reads a model and broadcasts it with weights and tokenizer; each executor compiles it
 * once, for its own processor, and all its tasks share it.
 */
package heddle.spark;
