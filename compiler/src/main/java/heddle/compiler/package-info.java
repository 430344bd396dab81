/**
 * The entry point of the compiler: from a model's graph to an execution plan.
 *
 * <p>{@link Compiler} runs the passes and lowers the graph. {@link Compilation} holds the result of each stage.
 */
package heddle.compiler;
