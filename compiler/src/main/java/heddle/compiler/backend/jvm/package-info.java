/**
 * The code writer for the JVM: a plan becomes one Java class that computes with the Vector API.
 *
 * <p>{@link heddle.compiler.backend.jvm.JvmWriter} writes the class, {@code EntryMethod} the method a kernel is called
 * by, and a {@code KernelWriter} what happens in one block. Scalar programs become plain Java ({@code ScalarCode}) or
 * vector code along the axis of a loop ({@code VectorCode} in a {@code LaneLoop}).
 */
package heddle.compiler.backend.jvm;
