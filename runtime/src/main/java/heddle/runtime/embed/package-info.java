/** Vectors of texts: texts of different length in one run without padding, pooled, in the order given. */
package heddle.runtime.embed;
