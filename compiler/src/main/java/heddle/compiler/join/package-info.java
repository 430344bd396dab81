/**
 * Rules that leave one matmul before and one after each softmax: {@link heddle.compiler.join.ContractSums} makes matmuls of
 * sums of products of elements, {@link heddle.compiler.join.JoinProducts} joins the products that scores are a sum of, and
 * {@link heddle.compiler.join.SplitProbabilities} splits a product with a sum of probabilities. Parts of the keys are attention of their
 * own: {@link heddle.compiler.join.SplitJoinedSoftmax} where a model joins them, and {@link heddle.compiler.join.NormaliseParts} where it
 * merges them itself.
 */
package heddle.compiler.join;
