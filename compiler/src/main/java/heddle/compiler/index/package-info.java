/**
 * What is known of indexes and addresses without running a kernel.
 *
 * <p>{@link IndexSimplifier} brings addresses into a normal form, a {@link LinearForm}. {@link IntervalAnalysis} bounds values over a
 * block, and {@link BlockMask} decides which blocks a mask leaves empty or full.
 */
package heddle.compiler.index;
