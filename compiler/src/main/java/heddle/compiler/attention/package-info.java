/**
 * The fusion of attention: {@link heddle.compiler.attention.FuseAttention} replaces each attention that {@code
 * FindAttention} finds with one operation.
 *
 * <p>{@code GrowAttention} grows it from a softmax: down to the matmul with the values ({@code Probabilities}), and up to
 * the matmul of queries and keys ({@code ScoreCone}, {@code QueryAndKey}). {@code AxisRoles} says which axis plays which
 * role. {@code SplitMask} and {@code ProbabilityFactor} take the programs of scores and probabilities apart. {@code
 * CapturePolicy} decides what the kernel computes in place and what it reads. {@code BatchAxes} gives heads that share keys
 * an axis of their own. {@code AttentionParts} makes the operation, over the tensors that the products read; {@link
 * heddle.compiler.layout.FoldLayout} folds layout afterwards. Anything that prevents fusion ends the search with a {@code DeclinedException}.
 */
package heddle.compiler.attention;
