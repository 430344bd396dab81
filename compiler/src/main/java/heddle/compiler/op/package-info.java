/**
 * The primitive operations of graphs, one record in each file: shape inference, meaning, and index arithmetic.
 *
 * <p>An operation knows tensors and scalar programs, no buffers and no kernels. What an attention computes is an {@link
 * heddle.compiler.op.attention.AttentionDefinition}, which kernels share with the operation; {@link
 * heddle.compiler.op.attention.AttentionPieces} has its steps.
 */
package heddle.compiler.op;
