/** Operators that say many steps at once, such as attention, in the steps that the language has. */
package heddle.runtime.onnx.operator.fused;
