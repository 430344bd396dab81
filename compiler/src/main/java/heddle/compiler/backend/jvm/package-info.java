/**
 * The code writer for the JVM: a plan becomes one Java class that computes with the Vector API.
 *
 * <p>{@link heddle.compiler.backend.jvm.JvmWriter} writes the class. {@code EntryMethod} writes the method that calls a
 * kernel. {@code ActionCode} prints the actions of a {@link heddle.compiler.scheduled.ScheduledKernel} for one block, {@code LaneCode}
 * those in loops over lanes. Scalar programs become plain Java ({@code ScalarCode}) or vector code along the axis of a loop
 * ({@code VectorCode} in a {@code LaneLoop}).
 */
package heddle.compiler.backend.jvm;
