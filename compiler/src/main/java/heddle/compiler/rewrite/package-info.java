/**
 * Rules that change graphs into better ones that mean the same, and say of what they leave alone why.
 *
 * <p><b>One form.</b> {@link heddle.compiler.rewrite.MaskExponents}, {@link heddle.compiler.rewrite.RecogniseSoftmax}, {@link
 * heddle.compiler.rewrite.UnguardSoftmax}, {@link heddle.compiler.rewrite.JoinProducts} and {@link
 * heddle.compiler.rewrite.SplitProbabilities} run one after the other, and leave a softmax of one product of queries and keys
 * that meets values in a product. {@code Place} is an element of a value, by which they tell whether two ways lead to the same.
 *
 * <p><b>Fusion.</b> {@link heddle.compiler.rewrite.FuseAttention} puts one operation in the place of each attention that
 * {@code FindAttention} finds. {@code GrowAttention} grows it from a softmax: down to the product with the values ({@code
 * Probabilities}), up to the product of queries and keys ({@code Scores}, {@code QueryAndKey}), and says which axis plays which
 * part ({@code Roles}). {@code SplitMask} and {@code Proportion} take the programs of scores and probabilities apart, {@code
 * Lookup} decides what the kernel computes in place and what it reads, {@code AttentionParts} makes the operation. Whatever
 * stands in the way ends the search with a {@code DeclinedException}.
 *
 * <p><b>Explanation.</b> {@link heddle.compiler.rewrite.FusionReport} lists what was fused and what was declined. For scores that
 * never came to a softmax of their own, {@code ScoreFlow} finds ways from one product to another, and {@code NearMiss} what lies
 * on them. {@link heddle.compiler.rewrite.WrittenAttention} says from which source lines a fused attention was made.
 */
package heddle.compiler.rewrite;
