/**
 * Rules that make one softmax of every spelling of it. {@link heddle.compiler.softmax.SoftmaxRules} lists them in the order
 * in which they run.
 */
package heddle.compiler.softmax;
