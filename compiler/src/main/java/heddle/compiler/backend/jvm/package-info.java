/**
 * The code writer for the JVM: a plan becomes one Java class that computes with the Vector API.
 *
 * <p>{@link heddle.compiler.backend.jvm.JvmWriter} writes the class. {@code EntryMethod} writes the method that calls a
 * kernel. A {@code KernelWriter} writes the code for one block. Scalar programs become plain Java ({@code ScalarCode})
 * or vector code along the axis of a loop ({@code VectorCode} in a {@code LaneLoop}).
 */
package heddle.compiler.backend.jvm;
