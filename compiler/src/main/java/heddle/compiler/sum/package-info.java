/**
 * Rules that leave a plain sum of exponentials where a model sums them in another way: by a product with ones, by a column of ones beside
 * the values, or of a view of them. {@link heddle.compiler.sum.PlainSums} lists them.
 */
package heddle.compiler.sum;
