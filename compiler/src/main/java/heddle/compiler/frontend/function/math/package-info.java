/** Functions that calculate: products, elementwise functions, reductions. */
package heddle.compiler.frontend.function.math;
