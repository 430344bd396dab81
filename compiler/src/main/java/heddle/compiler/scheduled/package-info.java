/**
 * Kernels as a machine runs them. A scheduler applies a schedule to a tile program and gives a {@link
 * heddle.compiler.scheduled.ScheduledKernel}: loops with levels, values, stores and products in an order that is settled. Code
 * writers print this form.
 */
package heddle.compiler.scheduled;
