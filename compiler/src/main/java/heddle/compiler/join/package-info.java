/**
 * Rules that leave one matmul before and one after each softmax: {@link heddle.compiler.join.ContractSums} makes matmuls of
 * sums of products of elements, {@link heddle.compiler.join.JoinProducts} joins the
 * products that scores are a sum of, and {@link heddle.compiler.join.SplitProbabilities} splits a product with a sum of
 * probabilities.
 */
package heddle.compiler.join;
