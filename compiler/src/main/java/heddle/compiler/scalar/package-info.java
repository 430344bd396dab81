/**
 * One element at a time: the language of elementwise chains, score programs, masks and addresses.
 *
 * <p>A {@link ScalarExpr} says how to compute one element, and the address of an element. {@link ScalarFn} lists the functions,
 * {@link ScalarMath} what they mean. Work on expressions takes time in proportion to their distinct parts ({@link SharedExpr}).
 */
package heddle.compiler.scalar;
