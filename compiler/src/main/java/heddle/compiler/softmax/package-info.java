/**
 * Rules that make one softmax of every spelling of it: {@link heddle.compiler.softmax.MaskExponents}, {@link
 * heddle.compiler.softmax.RecogniseSoftmax} and {@link heddle.compiler.softmax.UnguardSoftmax}, in this order.
 */
package heddle.compiler.softmax;
