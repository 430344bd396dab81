/**
 * What became of the attentions of a model: {@link heddle.compiler.report.FusionReport} lists what was fused and what was
 * not and why.
 *
 * <p>For scores that never reach a softmax, {@code ScoreFlow} finds paths from one matmul to another, and {@code NearMiss}
 * describes what lies on them. {@link heddle.compiler.report.WrittenAttention} shows the source lines of a fused
 * attention.
 */
package heddle.compiler.report;
