/** Functions that make tensors, and those that tell shapes. */
package heddle.compiler.frontend.function.filled;
