/**
 * Rules that rewrite graphs into better ones with the same meaning, and report why they leave something alone.
 *
 * <p><b>One form.</b> {@link heddle.compiler.rewrite.MaskExponents}, {@link heddle.compiler.rewrite.RecogniseSoftmax},
 * {@link heddle.compiler.rewrite.UnguardSoftmax}, {@link heddle.compiler.rewrite.JoinProducts} and {@link
 * heddle.compiler.rewrite.SplitProbabilities} run in this order. They leave a softmax of one matmul of queries and
 * keys, which meets the values in another matmul. A {@code Place} is an element of a value; comparing places shows
 * whether two paths lead to the same element.
 *
 * <p><b>Fusion.</b> {@link heddle.compiler.rewrite.FuseAttention} replaces each attention that {@code FindAttention}
 * finds with one operation. {@code GrowAttention} grows it from a softmax: down to the matmul with the values ({@code
 * Probabilities}), and up to the matmul of queries and keys ({@code Scores}, {@code QueryAndKey}). {@code Roles} says
 * which axis plays which role. {@code SplitMask} and {@code Proportion} take the programs of scores and probabilities
 * apart. {@code Lookup} decides what the kernel computes in place and what it reads. {@code AttentionParts} makes the
 * operation. Anything that prevents fusion ends the search with a {@code DeclinedException}.
 *
 * <p><b>Explanation.</b> {@link heddle.compiler.rewrite.FusionReport} lists what was fused and what was declined. For
 * scores that never reach a softmax, {@code ScoreFlow} finds paths from one matmul to another, and {@code NearMiss}
 * describes what lies on them. {@link heddle.compiler.rewrite.WrittenAttention} shows the source lines of a fused
 * attention.
 */
package heddle.compiler.rewrite;
